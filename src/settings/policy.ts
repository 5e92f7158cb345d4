import { MINOR_POLICIES, PATCH_POLICIES } from '../upgrade/kubernetes/version-choice.ts';
import { choice, days, listOf, seconds, text } from './kinds.ts';
import { section, setting } from './kit.ts';

export const policy = section('policy', 'Which versions the nightly run may upgrade to.', {
  patch: setting(choice(PATCH_POLICIES), {
    default: 'auto',
    doc: 'auto: the nightly run installs patch releases of the running minor. off: it does not.',
  }),
  minor: setting(choice(MINOR_POLICIES), {
    default: 'auto',
    doc: 'auto: the nightly run installs the next minor when there is no newer patch. approve: it shows its plan and waits for an approval. off: it does not look for the next minor.',
  }),
  approvalSeconds: setting(seconds(60), {
    default: 64_800,
    doc: 'How long, in seconds, a run waits for the approval of policy.minor: approve. Other runs wait behind it. Then it ends on hold. The wait must be over before the next nightly run.',
  }),
  skipVersions: setting(
    listOf(
      text({
        pattern: '^(0|[1-9][0-9]{0,3})\\.(0|[1-9][0-9]{0,3})\\.(0|[1-9][0-9]{0,3})$',
        title: 'an exact version X.Y.Z without a v in front, such as 1.34.9',
      }),
    ),
    { default: [], example: ['1.34.9'], doc: 'Exact versions X.Y.Z that are never a target.' },
  ),
  minimumReleaseAgeDays: setting(days(), {
    default: 0,
    doc: 'Age in days that a release must have before a nightly run installs it. 0: any age. A run with a target of your own does not wait.',
  }),
});
