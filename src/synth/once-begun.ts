import type { begin } from '../steps/begin/contract.ts';
import { after, outputOf, type Call, type Control } from './argo/dag.ts';
import { equals } from './argo/ref.ts';

/** The work comes after `begin`; where that says that it is not the time, there is none. */
export const onceBegun = (began: Call<(typeof begin)['outputs']>): Control => ({
  depends: after(began),
  when: equals(outputOf(began, 'beginVerdict'), 'go'),
});
