import { choice } from './kinds.ts';
import { section, setting } from './kit.ts';

export const argo = section('argo', 'The Argo Workflows that runs the pipeline.', {
  version: setting(choice(['4.1', '4.0']), {
    default: '4.1',
    doc: 'Version of Argo Workflows, 4.1 or 4.0. It decides which fields the manifests use. 4.0: a step that finds no node is ended by timeout instead of pendingTimeout.',
  }),
});
