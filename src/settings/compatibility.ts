import { choice, hours, listOf, plainText, PLAIN, recordsOf, text, toggle } from './kinds.ts';
import { object, optionalSection, section, setting } from './kit.ts';

const minor = text({ pattern: '^1\\.(0|[1-9][0-9]{0,3})$', title: 'a Kubernetes minor in quotes, such as 1.36' });

const row = object({
  floor: setting(text({ pattern: '^v?[0-9]{1,9}(\\.[0-9]{1,9}){0,3}$', title: 'a version in quotes, such as 3.32' }), {
    required: true,
    example: '2.4',
    doc: 'Lowest version of the addon that this row is about.',
  }),
  minimumKubernetes: setting(minor, {
    optional: true,
    example: '1.34',
    doc: 'Oldest Kubernetes minor that these versions support.',
  }),
  maximumKubernetes: setting(minor, {
    required: true,
    example: '1.37',
    doc: 'Newest Kubernetes minor that these versions support.',
  }),
});

const pin = optionalSection(
  'pin',
  'You do not want the addon upgraded: a minor upgrade that needs it is on hold, with your reason.',
  {
    reason: setting(plainText('driver 570 until May'), {
      required: true,
      example: 'driver 570 until May',
      doc: 'Reason, for people who read the verdict.',
    }),
  },
);

// What a name means and what a matrix may hold is for src/upgrade/gate/addons/merge.ts to say: contradictions.ts asks it.
const addon = object({
  name: setting(
    text({
      pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
      maxLength: 63,
      title: 'the name of an addon: lower-case letters, digits and -',
    }),
    { required: true, example: 'calico', doc: 'Name of an addon of the catalogue, or a new name of yours.' },
  ),
  images: setting(
    listOf(
      text({
        // Only a registry has a port.
        pattern:
          '^([a-z0-9.-]+:[1-9][0-9]{0,4}/)?[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*$',
        maxLength: 200,
        title: 'an image repository or the end of one, without a tag, such as calico/node',
      }),
      { minItems: 1 },
    ),
    {
      optional: true,
      example: ['acme/thing'],
      doc: 'Image repositories, or the ends of them, by which the addon is found, beside those of the catalogue.',
    },
  ),
  versionPattern: setting(
    text({
      pattern: PLAIN,
      maxLength: 200,
      title: 'a regular expression with one group, such as ^v(.+)-custom$',
    }),
    {
      optional: true,
      example: '^release-(.+)$',
      doc: 'Regular expression whose one group is the version in the tag of the image. It has no look-around, no back-reference and no repetition of what may be empty.',
    },
  ),
  matrix: setting(recordsOf(row, { minItems: 1 }), {
    optional: true,
    example: [{ floor: '2.4', minimumKubernetes: '1.34', maximumKubernetes: '1.37' }],
    doc: 'Which minors the addon supports, from a version on. A row with the same floor as a row of the catalogue takes its place.',
  }),
  noMatrix: setting(toggle(), {
    optional: true,
    example: true,
    doc: 'True: its vendor names no Kubernetes versions, so the gate only warns of it.',
  }),
  pin,
  required: setting(toggle(), { optional: true, example: true, doc: 'True: a cluster without the addon is blocked.' }),
});

const untested = choice(['block', 'warn']);

export const untestedVersions = section(
  'compatibility.untested',
  'What the gate says of a version that its makers have not tested with the target minor, with no incompatibility known.',
  {
    addons: setting(untested, {
      default: 'block',
      doc: 'Untested addons. block: the upgrade is blocked. warn: the gate only warns.',
    }),
    runtime: setting(untested, {
      default: 'warn',
      doc: 'Untested containerd. block: the upgrade is blocked. warn: the gate only warns.',
    }),
  },
);

export const deprecatedApis = section(
  'compatibility.deprecatedApis',
  'Where the gate learns who still requests APIs that the target minor removes.',
  {
    source: setting(choice(['api-servers', 'prometheus']), {
      default: 'api-servers',
      doc: 'api-servers: each API server is asked for the requests since its start. prometheus: monitoring.prometheusUrl is asked.',
    }),
    // Under a day: a patch that restarted the API servers in one run must not cost the minor of the next.
    lookbackHours: setting(hours(), {
      default: 20,
      doc: 'For how many hours back requests count. An API server that started later puts the upgrade on hold until that time has passed.',
    }),
  },
);

export const compatibility = section(
  'compatibility',
  'What the gate before a minor upgrade lets pass. A patch upgrade never meets these.',
  {
    untested: untestedVersions,
    addons: setting(recordsOf(addon), {
      default: [],
      example: [{ name: 'gpu-operator', pin: { reason: 'driver 570 until May' } }],
      doc: 'What you say of addons, on top of the catalogue in src/upgrade/gate/addons/.',
    }),
    deprecatedApis,
  },
);
