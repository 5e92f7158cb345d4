import { choice } from './kinds.ts';
import { section, setting } from './kit.ts';

export const prepare = section(
  'prepare',
  'What is fetched on every node before the first one is drained. Packages are always fetched.',
  {
    images: setting(choice(['pull', 'check', 'off']), {
      default: 'pull',
      doc: 'pull: missing images of the target are pulled. check: missing images are named and stop the run, for clusters without a registry. off: images are not looked at.',
    }),
  },
);
