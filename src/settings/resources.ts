import { memory, text } from './kinds.ts';
import { section, setting } from './kit.ts';

export const resources = section('resources', 'Resources of one step container, as Kubernetes quantities.', {
  cpu: setting(
    text({
      pattern: '^(?=.*[1-9])(0|[1-9][0-9]{0,5})(m|\\.[0-9]{1,3})?$',
      title: 'an amount of CPU, such as 50m or 0.5',
    }),
    { default: '50m', doc: 'CPU request of one step container, in cores (1000m = 1).' },
  ),
  memory: setting(memory, { default: '128Mi', doc: 'Memory request of one step container, in bytes.' }),
  memoryLimit: setting(memory, { default: '512Mi', doc: 'Memory limit of one step container, in bytes.' }),
});
