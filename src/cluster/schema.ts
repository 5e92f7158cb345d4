import type { FromSchema } from 'json-schema-to-ts';
import { ADDRESS_TYPES } from '../upgrade/node/ssh-address.ts';
import { EXCLUDED_KINDS } from '../upgrade/node/exclusion.ts';

// The one place for names, types, limits, defaults and their explanation. `title` says in words what a value must be (error reports
// quote it), `description` what the setting does. Every section has `default: {}`, so that ajv fills an absent one from its settings.
// The formats (cron, timezone, cidr) are checked in formats.ts; an editor that reads the published file ignores them.

const DAY_SECONDS = 86_400;

const cidr = {
  type: 'string',
  format: 'cidr',
  title: 'a network in CIDR form without host bits, such as 10.0.0.0/8 or 2001:db8::/32',
} as const;

// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
const objectName = {
  type: 'string',
  pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$',
  maxLength: 253,
  title: 'the name of a Kubernetes object: lower-case letters, digits, - and .',
} as const;

const memory = {
  type: 'string',
  pattern: '^[1-9][0-9]*(k|M|G|Ki|Mi|Gi)$',
  maxLength: 12,
  title: 'an amount of memory with its unit (k, M, G, Ki, Mi or Gi), such as 128Mi',
} as const;

// A committed text becomes a parameter of a Workflow: two braces would begin a reference there, a $( one of Kubernetes.
const PLAIN = '^(?!.*(\\{\\{|\\$\\(|\\$\\$))\\S(.*\\S)?$';

const plainText = {
  type: 'string',
  pattern: PLAIN,
  maxLength: 300,
  title: 'a text of one line without two braces or a $(, such as end of the quarter',
} as const;

const timeOfDay = {
  type: 'string',
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
  title: 'a time of day in quotes from 00:00 to 23:59, such as 23:00',
} as const;

const date = { type: 'string', format: 'date', title: 'a day as YYYY-MM-DD, such as 2026-12-20' } as const;

const httpAddress = {
  // A NetworkPolicy opens the port, which ends at 65535.
  type: 'string',
  pattern:
    '^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)*$',
  maxLength: 512,
} as const;

// none: without a login. basic: the key holds user:password. bearer: it holds a token.
const login = { type: 'string', enum: ['none', 'basic', 'bearer'], default: 'none' } as const;

const minor = {
  type: 'string',
  pattern: '^1\\.(0|[1-9][0-9]{0,3})$',
  title: 'a Kubernetes minor in quotes, such as 1.36',
} as const;

const untested = { type: 'string', enum: ['block', 'warn'] } as const;

// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
const namespaceName = {
  type: 'string',
  pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
  maxLength: 63,
  title: 'the name of a namespace: lower-case letters, digits and -',
} as const;

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const objectLabels = {
  type: 'array',
  uniqueItems: true,
  items: {
    type: 'string',
    pattern:
      '^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?=([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$',
    maxLength: 380,
    title: 'a label as key=value, such as release=kube-prometheus-stack',
  },
} as const;

// A kubelet may set labels on its own Node, but none below these two domains:
// https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
const protectedLabels = {
  type: 'array',
  uniqueItems: true,
  items: {
    type: 'string',
    pattern:
      '^(node-role\\.kubernetes\\.io|([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)*node-restriction\\.kubernetes\\.io)/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?=([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$',
    maxLength: 380,
    title:
      'a label as key=value below node-role.kubernetes.io/ or node-restriction.kubernetes.io/, which no kubelet can set on its own Node',
  },
} as const;

const TOLERATE_CONTROL_PLANE = {
  key: 'node-role.kubernetes.io/control-plane',
  operator: 'Exists',
  effect: 'NoSchedule',
} as const;

// https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
const tolerations = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['key'],
    properties: {
      key: {
        type: 'string',
        pattern: '^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
        maxLength: 317,
        title: 'the key of a taint, such as node-role.kubernetes.io/control-plane',
        description: 'Key of the taint.',
      },
      operator: {
        type: 'string',
        enum: ['Exists', 'Equal'],
        default: 'Equal',
        description: 'Exists: any value of the taint. Equal: the value that is named here.',
      },
      value: {
        type: 'string',
        pattern: '^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$',
        title: 'the value of a taint',
        description: 'Value of the taint, with operator Equal.',
      },
      effect: {
        type: 'string',
        enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
        description: 'Effect of the taint. Absent: any effect.',
      },
    },
  },
  default: [TOLERATE_CONTROL_PLANE],
  description: 'Taints that these steps tolerate. A list here replaces the default.',
} as const;

const port = { type: 'integer', minimum: 1, maximum: 65_535, title: 'a port from 1 to 65535' } as const;

// What a `name` means and what a `matrix` may hold is for src/upgrade/gate/addons/merge.ts to say: contradictions.ts asks it.
const addon = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: {
      type: 'string',
      pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
      maxLength: 63,
      title: 'the name of an addon: lower-case letters, digits and -',
      description: 'Of the catalogue, or a new one of yours.',
    },
    images: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: {
        type: 'string',
        // Only a registry has a port.
        pattern:
          '^([a-z0-9.-]+:[1-9][0-9]{0,4}/)?[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*$',
        maxLength: 200,
        title: 'an image repository or the end of one, without a tag, such as calico/node',
      },
      description: 'Repositories by which it is found, beside those of the catalogue.',
    },
    versionPattern: {
      type: 'string',
      pattern: PLAIN,
      maxLength: 200,
      title: 'a regular expression with one group, such as ^v(.+)-custom$',
      description:
        'Where the version stands in the tag of its image. It has no look-around, no back-reference and no repetition of what may be empty.',
    },
    matrix: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['floor', 'maximumKubernetes'],
        properties: {
          floor: {
            type: 'string',
            pattern: '^v?[0-9]{1,9}(\\.[0-9]{1,9}){0,3}$',
            title: 'a version in quotes, such as 3.32',
            description: 'Lowest version of the addon that this row is about.',
          },
          minimumKubernetes: { ...minor, description: 'Oldest Kubernetes minor that it supports.' },
          maximumKubernetes: { ...minor, description: 'Newest Kubernetes minor that it supports.' },
        },
      },
      description: 'Rows beside those of the catalogue; one with the same floor takes its place.',
    },
    noMatrix: {
      type: 'boolean',
      description: 'True: its vendor names no Kubernetes versions, so it is only warned of.',
    },
    pin: {
      type: 'object',
      additionalProperties: false,
      required: ['reason'],
      description: 'You do not want it upgraded: a minor that needs that is held.',
      properties: {
        reason: {
          type: 'string',
          pattern: PLAIN,
          maxLength: 300,
          title: 'a text of one line without two braces or a $(, such as driver 570 until May',
          description: 'Why, for whoever reads the verdict.',
        },
      },
    },
    required: { type: 'boolean', description: 'True: a cluster without it is blocked.' },
  },
} as const;

export const clusterSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'the settings of one cluster',
  description: 'clusters/<name>.yaml of argo-kubeadm-upgrade. The file name is the name of the cluster.',
  type: 'object',
  additionalProperties: false,
  required: ['images'],
  properties: {
    annotationPrefix: {
      // The lookahead refuses the prefixes that Kubernetes reserves for itself.
      type: 'string',
      pattern:
        '^(?!([^/]*\\.)?(kubernetes|k8s)\\.io/$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/$',
      maxLength: 254,
      title: 'a DNS name of your own with a / at its end, such as argo-kubeadm-upgrade.io/',
      default: 'argo-kubeadm-upgrade.io/',
      description: 'Prefix of every annotation that the pipeline writes on nodes, on Jobs and on its Lease.',
    },
    nightly: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'When the cluster looks for a newer version and, where it may, upgrades itself.',
      properties: {
        schedule: {
          type: 'string',
          format: 'cron',
          title: 'five cron fields (minute hour day month weekday 0-6) that match some day, such as 0 23 * * *',
          default: '0 23 * * *',
          description:
            'Cron schedule of the nightly run, in nightly.timezone. With maintenance.windows, it must fire inside one of them.',
        },
        timezone: {
          type: 'string',
          format: 'timezone',
          title: 'a time zone of the IANA database, such as UTC or Europe/Berlin',
          default: 'UTC',
          description: 'Time zone of nightly.schedule.',
        },
        suspend: {
          type: 'boolean',
          default: false,
          description: 'True: no nightly run starts; manual runs still work. `argo cron suspend` does it without git.',
        },
        startingDeadlineSeconds: {
          type: 'integer',
          minimum: 60,
          maximum: DAY_SECONDS,
          default: 1800,
          description: 'How late, in seconds, a missed nightly run may still start.',
        },
      },
    },
    report: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'The message of every morning: how the cluster stands, and what became of the night.',
      properties: {
        enabled: {
          type: 'boolean',
          default: true,
          description: 'False renders no report.',
        },
        schedule: {
          type: 'string',
          format: 'cron',
          title: 'five cron fields (minute hour day month weekday 0-6) that match some day, such as 7 6 * * *',
          default: '7 6 * * *',
          description: 'Cron schedule of the report, in report.timezone.',
        },
        timezone: {
          type: 'string',
          format: 'timezone',
          title: 'a time zone of the IANA database, such as UTC or Europe/Berlin',
          default: 'UTC',
          description: 'Time zone of report.schedule.',
        },
        startingDeadlineSeconds: {
          type: 'integer',
          minimum: 60,
          maximum: DAY_SECONDS,
          default: 1800,
          description: 'How late, in seconds, a missed report may still start.',
        },
      },
    },
    policy: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Which versions the nightly run may move to.',
      properties: {
        patch: {
          type: 'string',
          enum: ['auto', 'off'],
          default: 'auto',
          description: 'auto: patch releases of the running minor are installed. off: they are not.',
        },
        minor: {
          type: 'string',
          enum: ['auto', 'approve', 'off'],
          default: 'auto',
          description:
            'auto: the next minor is installed when there is no newer patch. approve: the run shows its plan and waits for a yes. off: it is not looked for.',
        },
        approvalSeconds: {
          type: 'integer',
          minimum: 60,
          maximum: DAY_SECONDS,
          default: 64_800,
          description:
            'How long, in seconds, a run waits for the yes of policy.minor: approve; other runs queue behind it.',
        },
        skipVersions: {
          type: 'array',
          uniqueItems: true,
          items: {
            type: 'string',
            pattern: '^(0|[1-9][0-9]{0,3})\\.(0|[1-9][0-9]{0,3})\\.(0|[1-9][0-9]{0,3})$',
            title: 'an exact version X.Y.Z without a v in front, such as 1.34.9',
          },
          default: [],
          description: 'Exact versions X.Y.Z that are never a target.',
        },
        minimumReleaseAgeDays: {
          type: 'integer',
          minimum: 0,
          maximum: 365,
          default: 0,
          description: 'How many days a release must be out before a nightly run takes it; 0 for at once.',
        },
      },
    },
    maintenance: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'When nodes may begin. A run that comes at another time ends as paused, and a later night goes on.',
      properties: {
        timezone: {
          type: 'string',
          format: 'timezone',
          title: 'a time zone of the IANA database, such as UTC or Europe/Berlin',
          default: 'UTC',
          description: 'Time zone of windows and freezes.',
        },
        windows: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['days', 'start', 'end'],
            properties: {
              days: {
                type: 'array',
                minItems: 1,
                uniqueItems: true,
                items: { type: 'string', enum: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
                description: 'The days on which it opens.',
              },
              start: { ...timeOfDay, description: 'When it opens.' },
              end: {
                ...timeOfDay,
                description:
                  'When it closes: no node begins that would not be done by then. At or before start: the next day.',
              },
            },
          },
          default: [],
          description: 'When nodes may begin. Empty: at any time.',
        },
        freezes: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['from', 'to', 'reason'],
            properties: {
              from: { ...date, description: 'The first day.' },
              to: { ...date, description: 'The last day.' },
              reason: { ...plainText, description: 'Why, for whoever reads that a run was paused.' },
            },
          },
          default: [],
          description: 'Days on which no node begins, whatever the windows say.',
        },
        assumedNodeSeconds: {
          type: 'integer',
          minimum: 60,
          maximum: DAY_SECONDS,
          default: 2700,
          description: 'How long, in seconds, a node is assumed to take while no earlier upgrade of its kind tells.',
        },
      },
    },
    workers: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'In what order and how many at once workers are done.',
      properties: {
        maxUnavailable: {
          type: 'integer',
          minimum: 1,
          maximum: 100,
          title: 'a number of workers from 1 to 100',
          default: 1,
          description:
            'Number of workers in a batch. The workers of a batch are upgraded at the same time. The next batch begins when all of them have succeeded. PodDisruptionBudgets still apply.',
        },
        canary: {
          type: 'object',
          additionalProperties: false,
          default: {},
          description: 'Workers that go first, one at a time; when one fails, no other begins.',
          properties: {
            names: { type: 'array', uniqueItems: true, items: objectName, default: [], description: 'By their names.' },
            labels: {
              ...protectedLabels,
              items: {
                ...protectedLabels.items,
                title: `${protectedLabels.items.title}; or the workers in workers.canary.names`,
              },
              default: [],
              description: 'By a label that they carry and that no kubelet can set on its own Node.',
            },
          },
        },
      },
    },
    runners: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'On which nodes the steps run.',
      properties: {
        withSshKey: {
          type: 'object',
          additionalProperties: false,
          default: {},
          description:
            'For steps whose pods hold the SSH key, and for all steps that work on one node. While the only control-plane node is upgraded, its steps run as runners.others says.',
          properties: {
            nodeSelector: {
              ...protectedLabels,
              minItems: 1,
              default: ['node-role.kubernetes.io/control-plane='],
              description:
                'Labels that a node must carry, all of them. A step never runs on the node that it works on.',
            },
            tolerations,
          },
        },
        others: {
          type: 'object',
          additionalProperties: false,
          default: {},
          description: 'For all other steps. They prefer control-plane nodes.',
          properties: {
            nodeSelector: {
              ...protectedLabels,
              default: [],
              description: 'Labels that a node must carry, all of them. Empty: any node.',
            },
            tolerations,
          },
        },
      },
    },
    argo: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'The Argo Workflows that runs all this.',
      properties: {
        version: {
          type: 'string',
          enum: ['4.1', '4.0'],
          default: '4.1',
          description:
            'Which fields it knows. 4.0: a step that finds no node is ended by timeout instead of pendingTimeout.',
        },
      },
    },
    packages: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Where kubeadm, kubelet and kubectl come from. These values reach a shell on the nodes.',
      properties: {
        repository: {
          type: 'string',
          pattern:
            '^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[1-9][0-9]{0,4})?(/(?!\\.{1,2}(/|$))[A-Za-z0-9._:+-]+)*$',
          maxLength: 512,
          title: 'an http or https URL without a slash at its end, such as https://pkgs.k8s.io/core:/stable:',
          default: 'https://pkgs.k8s.io/core:/stable:',
          description: 'Package repository; the packages of minor 1.34 are under <repository>/v1.34/deb/.',
        },
        repositoryLogin: {
          ...login,
          description:
            'How steps log in to the repository, by the key repository_login of the Secret. It must answer 404, not 403, for a minor that it does not have. A node has its login in its apt configuration.',
        },
        source: {
          type: 'string',
          enum: ['node', 'repository'],
          default: 'node',
          description:
            'Who says which patches there are. node: apt on the first control-plane node. repository: the repository, over HTTP.',
        },
        httpsProxy: {
          // Settings are committed: a password has no place in them.
          type: 'string',
          pattern:
            '^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?$',
          maxLength: 512,
          title: 'an http or https URL without a password and without a path, such as http://proxy.example.com:3128',
          description:
            'Proxy through which the steps ask the repository when its address is https. The nodes have their own.',
        },
        noProxy: {
          type: 'array',
          uniqueItems: true,
          items: {
            type: 'string',
            pattern: '^(\\*|\\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[1-9][0-9]{0,4})?)$',
            maxLength: 253,
            title: 'a host or a domain, such as mirror.example.com or .example.com',
          },
          default: [],
          description: 'Hosts and domains that the steps ask without packages.httpsProxy.',
        },
        sourceFile: {
          // apt reads *.list in the one-line format and *.sources as deb822, and in file names only these characters: sources.list(5).
          type: 'string',
          pattern: '^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+(?<=[A-Za-z0-9_-]\\.(list|sources))$',
          maxLength: 255,
          title: 'an absolute path of letters, digits, . _ - that ends in .list or .sources',
          default: '/etc/apt/sources.list.d/kubernetes.list',
          description:
            'File on every node that names the Kubernetes package repository to apt. Each upgrade writes the whole file: *.list in the one-line format, *.sources in deb822.',
        },
        keyringFile: {
          // The repository serves its key as text; apt takes that from *.asc only: sources.list(5), Signed-By.
          type: 'string',
          pattern: '^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+(?<=[A-Za-z0-9_-]\\.asc)$',
          maxLength: 255,
          title: 'an absolute path of letters, digits, . _ - that ends in .asc',
          default: '/etc/apt/keyrings/kubernetes-apt-keyring.asc',
          description: 'File on every node that holds the signing key of the repository.',
        },
      },
    },
    ssh: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'How steps reach a node. The key itself is in the Secret of secrets.name.',
      properties: {
        user: {
          type: 'string',
          pattern: '^[a-z_][a-z0-9_-]{0,31}$',
          title: 'a user name of lower-case letters, digits, _ and -',
          default: 'root',
          description:
            'User on the nodes; any other than root needs sudo without a password and without requiretty. The log-in shell may be any that has -c, fish and csh too.',
        },
        port: { ...port, default: 22, description: 'Port of sshd on every node.' },
        address: {
          type: 'object',
          additionalProperties: false,
          default: {},
          description: 'Which address of a Node SSH goes to.',
          properties: {
            type: {
              type: 'string',
              enum: ADDRESS_TYPES,
              default: 'InternalIP',
              description: 'Type of the address in .status.addresses. The first address of this type counts.',
            },
            cidrs: {
              type: 'array',
              uniqueItems: true,
              items: cidr,
              default: [],
              description:
                'Networks. The first address of the type that is in one of them counts. Empty: any. For the types InternalIP and ExternalIP.',
            },
          },
        },
        hostKeys: {
          type: 'string',
          enum: ['trust-on-first-use', 'strict'],
          default: 'trust-on-first-use',
          description:
            'trust-on-first-use: the first host key of a node is remembered, a changed one is refused. strict: only keys in ssh_known_hosts of the Secret.',
        },
        connectTimeoutSeconds: {
          type: 'integer',
          minimum: 1,
          maximum: 600,
          default: 20,
          description: 'How long, in seconds, one connection attempt may take.',
        },
        rotation: {
          type: 'object',
          additionalProperties: false,
          default: {},
          description: 'The waits of k8s-upgrade-rotate-ssh-key.',
          properties: {
            waitSeconds: {
              type: 'integer',
              minimum: 60,
              maximum: 86_400,
              default: 7200,
              description: 'For how long fresh pods look whether the Secret holds the new key, before the run fails.',
            },
            settleSeconds: {
              type: 'integer',
              minimum: 10,
              maximum: 86_400,
              default: 600,
              description:
                'How long after that the Secret is looked at again, before the old key is removed; longer than secrets.externalSecret.refreshInterval in any case.',
            },
          },
        },
      },
    },
    kubeadm: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'How kubeadm upgrade is called.',
      properties: {
        ignorePreflightErrors: {
          // `all` would switch every check of kubeadm off.
          type: 'array',
          uniqueItems: true,
          items: {
            type: 'string',
            pattern: '^(?![aA][lL][lL]$)[A-Za-z][A-Za-z0-9._-]*$',
            maxLength: 253,
            title: 'the name of one kubeadm preflight check (never "all"), such as CoreDNSMigration',
          },
          default: ['CoreDNSMigration', 'CoreDNSUnsupportedPlugins'],
          description: 'Preflight checks of kubeadm whose errors are only warnings (--ignore-preflight-errors).',
        },
        skipPhases: {
          type: 'array',
          uniqueItems: true,
          items: {
            type: 'string',
            pattern: '^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*$',
            maxLength: 253,
            title: 'the name of one kubeadm phase, such as addon/coredns',
          },
          default: ['addon/coredns'],
          description: 'Phases that kubeadm upgrade leaves out (--skip-phases).',
        },
        patches: {
          type: 'string',
          pattern: '^(/[A-Za-z0-9_-][A-Za-z0-9._-]*){2,}$',
          maxLength: 200,
          title: 'an absolute path of at least two folders, such as /etc/kubernetes/patches',
          description:
            'Directory on every node with patches for kubeadm upgrade (--patches). It belongs to root, is no link, and preflight checks it. Without it, kubeadm gets no patches.',
        },
        timeoutSeconds: {
          // kubeadm itself waits 5 minutes for each static pod to change.
          type: 'integer',
          minimum: 300,
          maximum: DAY_SECONDS,
          default: 1800,
          description: 'How long, in seconds, kubeadm may take on one node.',
        },
      },
    },
    prepare: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'What is fetched on every node before the first one is drained. Packages always are.',
      properties: {
        images: {
          type: 'string',
          enum: ['pull', 'check', 'off'],
          default: 'pull',
          description:
            'pull: images of the target that are missing are pulled. check: they are named and stop the run, for clusters without a registry. off: nobody looks.',
        },
      },
    },
    controlPlane: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'What is different about a control-plane node.',
      properties: {
        quiesce: {
          type: 'array',
          uniqueItems: true,
          items: {
            type: 'string',
            pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,181}[a-z0-9])?$',
            title: 'a namespace and the name of a Deployment in it, such as rook-ceph/rook-ceph-operator',
          },
          default: [],
          description:
            'Deployments that are scaled to 0 while kubeadm changes a control-plane node: operators that crash while the API server is away. Each namespace must exist when the manifests are applied: a Role there allows scaling exactly these. A Deployment with more than 100 replicas is left as it is.',
        },
        restoreHook: {
          type: 'object',
          additionalProperties: false,
          required: ['configMap', 'sha256'],
          description:
            'A script that runs as root on each control-plane node after kubeadm, such as one that puts a flag of the API server back. Absent: no script runs.',
          properties: {
            configMap: {
              type: 'string',
              pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
              title: 'a namespace and the name of a ConfigMap in it, such as kube-system/apiserver-oidc-restore',
              description:
                'ConfigMap with the script in its key restore.sh; its other keys are ignored. The namespace must exist when the manifests are applied: a Role there allows reading this ConfigMap.',
            },
            sha256: {
              type: 'string',
              pattern: '^[0-9a-f]{64}$',
              title: 'a SHA-256 in quotes: 64 digits and small letters from a to f',
              description:
                'SHA-256 of the script, to the byte. A ConfigMap with another script stops a run before any node is drained.',
            },
          },
        },
      },
    },
    drain: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'How a node is emptied before its upgrade.',
      properties: {
        timeoutSeconds: {
          type: 'integer',
          minimum: 60,
          maximum: DAY_SECONDS,
          default: 1800,
          description:
            'How long, in seconds, nothing may move while a node is drained (no pod leaves, no volume is detached) before the run fails.',
        },
        maximumSeconds: {
          type: 'integer',
          minimum: 60,
          maximum: DAY_SECONDS,
          default: 7200,
          description: 'How long, in seconds, the drain of one node may take at most, although something moves.',
        },
        gracePeriodSeconds: {
          // 0 would kill pods without asking them.
          type: 'integer',
          minimum: 1,
          maximum: DAY_SECONDS,
          default: 300,
          description: 'How long, in seconds, an evicted pod has to end.',
        },
        deleteEmptyDirData: {
          type: 'boolean',
          default: true,
          description: 'Evict pods with emptyDir volumes too; their data is lost.',
        },
        deleteUnmanagedPods: {
          type: 'boolean',
          default: true,
          description: 'Evict pods without a controller too; nothing makes them anew.',
        },
        deleteDeadlocked: {
          type: 'string',
          enum: ['single', 'never', 'always'],
          default: 'single',
          description:
            'Pods whose PodDisruptionBudget can never allow their eviction. single: one that is all that its budget counts is deleted after the cordon, more are refused before it. never: all are refused. always: all are deleted, one by one.',
        },
        noRoom: {
          type: 'string',
          enum: ['refuse', 'warn'],
          default: 'refuse',
          description:
            'What becomes of a run that would move a pod which asks for more than any other node has. warn: it is said, and the pod waits until its node is back.',
        },
      },
    },
    nodes: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Which nodes are left out, and what is asked of a node.',
      properties: {
        readyTimeoutSeconds: {
          type: 'integer',
          minimum: 60,
          maximum: DAY_SECONDS,
          default: 900,
          description: 'How long, in seconds, a node may take to be Ready at the target version.',
        },
        soakSeconds: {
          type: 'integer',
          minimum: 0,
          maximum: DAY_SECONDS,
          default: 600,
          description: 'How long, in seconds, a node is watched before the next one begins.',
        },
        minimumFreeDisk: {
          type: 'object',
          additionalProperties: false,
          default: {},
          description: 'How much must be free on a node before anything is stopped there.',
          properties: {
            rootMiB: {
              type: 'integer',
              minimum: 0,
              maximum: 1_048_576,
              default: 512,
              description: 'On /, in MiB.',
            },
            varLibMiB: {
              type: 'integer',
              minimum: 0,
              maximum: 1_048_576,
              default: 2048,
              description:
                'On /var/lib and, where they are there, below it for containerd, etcd and the kubelet; in MiB.',
            },
          },
        },
        exclude: {
          type: 'object',
          additionalProperties: false,
          default: {},
          description:
            'Workers that are left out: no step touches them, and no upgrade waits for them. A control-plane node cannot be left out.',
          properties: {
            names: {
              type: 'array',
              uniqueItems: true,
              items: objectName,
              default: [],
              description: 'Names of workers.',
            },
            labels: {
              ...objectLabels,
              default: [],
              description:
                'A worker that carries one of these labels is left out. A kubelet can set most labels on its own Node, and so leave itself out.',
            },
            kinds: {
              type: 'array',
              uniqueItems: true,
              items: { type: 'string', enum: EXCLUDED_KINDS },
              default: EXCLUDED_KINDS,
              description:
                'virtual-kubelet: nodes of virtual kubelets, Liqo and KWOK. kubeedge: nodes whose kubelet version has -kubeedge- in it. windows: nodes of Windows. cluster-api: nodes with the annotation cluster.x-k8s.io/machine or cluster.x-k8s.io/owner-kind, which Cluster API replaces.',
            },
          },
        },
        containerdPackage: {
          // https://www.debian.org/doc/debian-policy/ch-controlfields.html#source
          type: 'string',
          pattern: '^[a-z0-9][a-z0-9+.-]{1,99}$',
          title: 'the name of a Debian package: lower-case letters, digits, +, - and .',
          default: 'containerd.io',
          description: 'Debian package of containerd, which containerdVersion is about.',
        },
        containerdVersion: {
          type: 'string',
          pattern: '^[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}$',
          title: 'a version of containerd as X.Y.Z, such as 2.2.1',
          description:
            'Version of containerd for control-plane nodes. A drained control-plane node with an older one of the same major gets it. Left out, containerd stays as it is.',
        },
      },
    },
    metrics: {
      type: 'object',
      additionalProperties: false,
      required: ['pushgatewayUrl'],
      description: 'Where the pipeline tells how it stands. Absent: gauges are pushed nowhere.',
      properties: {
        pushgatewayUrl: {
          ...httpAddress,
          title: 'an http or https URL without a slash at its end, such as http://pushgateway.monitoring.svc:9091',
          description: 'Pushgateway to which steps push their gauges.',
        },
        pushgatewayLogin: {
          ...login,
          description: 'How steps log in to it, by the key pushgateway_login of the Secret.',
        },
      },
    },
    monitoring: {
      type: 'object',
      additionalProperties: false,
      required: ['prometheusUrl'],
      description: 'Where the steps learn how the cluster does. Absent: no Prometheus is asked.',
      properties: {
        prometheusUrl: {
          ...httpAddress,
          title: 'an http or https URL without a slash at its end, such as http://prometheus.monitoring.svc:9090',
          description: 'Prometheus that steps ask.',
        },
        prometheusLogin: {
          ...login,
          description: 'How steps log in to it, by the key prometheus_login of the Secret.',
        },
        alerts: {
          type: 'object',
          additionalProperties: false,
          default: {},
          description:
            'Which alerts keep an upgrade from beginning, and stop one that has begun. KubeVersionMismatch and the other alerts that an upgrade causes pass while that upgrade explains them: docs/runbook/failed-at-preflight.md names them.',
          properties: {
            source: {
              type: 'string',
              enum: ['prometheus', 'alertmanager', 'off'],
              default: 'prometheus',
              description:
                'prometheus: monitoring.prometheusUrl is asked. alertmanager: it is, with its silences and inhibitions. off: nobody is.',
            },
            alertmanagerUrl: {
              ...httpAddress,
              title: 'an http or https URL without a slash at its end, such as http://alertmanager.monitoring.svc:9093',
              description: 'Alertmanager that steps ask.',
            },
            alertmanagerLogin: {
              ...login,
              description: 'How steps log in to it, by the key alertmanager_login of the Secret.',
            },
            severities: {
              type: 'array',
              uniqueItems: true,
              items: {
                type: 'string',
                pattern: '^[A-Za-z0-9_-]{1,63}$',
                title: 'a value of the label severity, such as critical',
              },
              default: [],
              description: 'Only alerts of these severities count. Empty: every severity but info and none.',
            },
            ignore: {
              type: 'array',
              uniqueItems: true,
              items: {
                type: 'string',
                pattern: '^(?!.*\\$\\()[A-Za-z0-9_:.*+?|()^$\\[\\]\\\\-]{1,200}$',
                title: 'a regular expression for the whole name of an alert, such as KubeCPUOvercommit or Noisy.*',
              },
              default: [],
              description:
                'Alerts that never count. It has no look-around, no back-reference and no repetition of what may be empty.',
            },
            gateLabel: {
              type: 'string',
              pattern: '^[A-Za-z_][A-Za-z0-9_]{0,62}$',
              title: 'the name of a label, such as upgrade_gate',
              default: 'upgrade_gate',
              description: 'An alert that has this label with the value true counts whatever its severity.',
            },
            waitSeconds: {
              type: 'integer',
              minimum: 0,
              maximum: DAY_SECONDS,
              default: 1800,
              description:
                'How long, in seconds, a node waits for alerts to clear that are new since the run began, and for an answer, before the run fails.',
            },
            silenceSeconds: {
              type: 'integer',
              minimum: 60,
              maximum: DAY_SECONDS,
              default: 600,
              description: 'How long, in seconds, nobody may say which alerts fire while a node is watched.',
            },
          },
        },
      },
    },
    notify: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Who is told how a run goes: one message at its start, one at its end.',
      properties: {
        slack: {
          type: 'boolean',
          default: false,
          title: 'true or false; the address belongs in the Secret, under the key slack_webhook',
          description: 'True: Slack is told, by the incoming webhook in the key slack_webhook of the Secret.',
        },
        webhook: {
          type: 'boolean',
          default: false,
          title: 'true or false; the address belongs in the Secret, under the key webhook_url',
          description:
            'True: each message is also posted as JSON, to the address in the key webhook_url of the Secret.',
        },
        webhookLogin: {
          ...login,
          description: 'How steps log in to the webhook, by the key webhook_login of the Secret.',
        },
        webhookPort: {
          ...port,
          default: 443,
          description: 'Port of the address in webhook_url. The NetworkPolicy lets messages through to this port.',
        },
        argoUiUrl: {
          ...httpAddress,
          title: 'an http or https URL without a slash at its end, such as https://argo.example.com',
          description: 'The Argo UI as people reach it, for links in messages.',
        },
      },
    },
    preflight: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'What is asked of the cluster before an upgrade begins.',
      properties: {
        quietHours: {
          type: 'integer',
          minimum: 0,
          maximum: 8760,
          default: 24,
          description: 'For how many hours no node may have changed its Ready condition; 0 to not ask.',
        },
        keepBackupsDays: {
          // kubeadm needs the newest one to roll back by itself.
          type: 'integer',
          minimum: 1,
          maximum: 365,
          default: 3,
          description: 'After how many days the backups that kubeadm leaves on control-plane nodes are removed.',
        },
        freeMiB: {
          type: 'integer',
          minimum: 0,
          maximum: 1_048_576,
          default: 1024,
          description:
            'Head-room, in MiB, on the volume of etcd, beside the copies of its data that kubeadm and snapshot.mode built-in make.',
        },
        certificateDays: {
          type: 'integer',
          minimum: 0,
          maximum: 365,
          default: 7,
          description: 'A certificate of the control plane that ends within so many days is warned of.',
        },
      },
    },
    postflight: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'What is asked of the cluster once every node is done. An upgrade that ends otherwise has failed.',
      properties: {
        minimumReadyPercent: {
          type: 'integer',
          minimum: 0,
          maximum: 100,
          title: 'a whole number of percent from 0 to 100',
          default: 90,
          description:
            'How many of a hundred pods must be ready, those of Jobs and Workflows left out; fewer only where the run found fewer.',
        },
        dnsName: {
          ...objectName,
          title: 'a name in the cluster DNS, such as kubernetes.default.svc',
          default: 'kubernetes.default.svc',
          description: 'Name that a pod must be able to resolve.',
        },
        settleSeconds: {
          type: 'integer',
          minimum: 30,
          maximum: DAY_SECONDS,
          default: 600,
          description: 'How long, in seconds, pods, DNS and API servers may take to be well.',
        },
      },
    },
    kured: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'kured, which reboots nodes: it and an upgrade never take nodes at once.',
      properties: {
        mode: {
          type: 'string',
          enum: ['auto', 'off'],
          default: 'auto',
          description:
            'auto: where kured.daemonSet is there, an upgrade waits for its lock and holds it meanwhile. off: nobody asks.',
        },
        daemonSet: {
          type: 'string',
          pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?/[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
          maxLength: 116,
          title: 'a namespace and the name of a DaemonSet in it, such as kube-system/kured',
          default: 'kube-system/kured',
          description: 'DaemonSet of kured, on which its lock is.',
        },
        lockAnnotation: {
          type: 'string',
          pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$',
          maxLength: 253,
          title: 'the name of an annotation, such as weave.works/kured-node-lock',
          default: 'weave.works/kured-node-lock',
          description: 'What kured calls --lock-annotation.',
        },
      },
    },
    snapshot: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'The etcd snapshot that is taken before the first node is touched. A rollback needs it.',
      properties: {
        mode: {
          type: 'string',
          enum: ['cron-job', 'built-in', 'none'],
          default: 'cron-job',
          description:
            'cron-job: a Job is made from snapshot.cronJob. built-in: from a CronJob that is rendered too. none: an upgrade has no snapshot to go back to.',
        },
        cronJob: {
          type: 'string',
          pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?/[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
          maxLength: 116,
          title: 'a namespace and the name of a CronJob in it, such as default/backup-etcd',
          default: 'default/backup-etcd',
          description: 'CronJob from which the Job is made.',
        },
        container: {
          ...objectName,
          title: 'the name of a container: lower-case letters, digits and -',
          description: 'Container whose log is read. Absent: the first one of the pod.',
        },
        logPattern: {
          type: 'string',
          pattern: PLAIN,
          maxLength: 300,
          title: 'a regular expression with the groups <file> and <bytes>',
          default: 'Backup done: (?<file>.+) \\((?<bytes>[0-9]+) bytes\\)',
          description:
            'Line of that log that says that the snapshot is whole, where it is and how large. It has no look-around, no back-reference and no repetition of what may be empty.',
        },
        minimumBytes: {
          type: 'integer',
          minimum: 1,
          maximum: 1_073_741_824,
          title: 'a number of bytes from 1 to 1073741824',
          default: 1024,
          description: 'A smaller snapshot is none, in bytes.',
        },
        timeoutSeconds: {
          type: 'integer',
          minimum: 30,
          maximum: DAY_SECONDS,
          default: 600,
          description: 'How long, in seconds, the Job may take.',
        },
        builtIn: {
          type: 'object',
          additionalProperties: false,
          default: {},
          description: 'The CronJob of snapshot.mode built-in: a snapshot of etcd on a control-plane node, verified.',
          properties: {
            schedule: {
              type: 'string',
              format: 'cron',
              title: 'five cron fields (minute hour day month weekday 0-6) that match some day, such as 0 23 * * *',
              default: '30 21 * * *',
              description: 'Cron schedule, in snapshot.builtIn.timezone; each upgrade takes one of its own as well.',
            },
            timezone: {
              type: 'string',
              format: 'timezone',
              title: 'a time zone of the IANA database, such as UTC or Europe/Berlin',
              default: 'UTC',
              description: 'Time zone of snapshot.builtIn.schedule.',
            },
            keep: {
              type: 'integer',
              minimum: 1,
              maximum: 365,
              title: 'a number of snapshots from 1 to 365',
              default: 7,
              description: 'How many stay on each control-plane node.',
            },
            directory: {
              type: 'string',
              pattern: '^(/[A-Za-z0-9_-][A-Za-z0-9._-]*){2,}$',
              maxLength: 200,
              title: 'an absolute path of at least two folders, such as /var/lib/k8s-upgrade-etcd-backup',
              default: '/var/lib/k8s-upgrade-etcd-backup',
              description: 'Folder for them on the node; it is made where there is none.',
            },
            image: {
              type: 'string',
              pattern:
                '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?$',
              maxLength: 400,
              title: 'an image with its registry and a tag, such as gcr.io/etcd-development/etcd:v3.6.5',
              default: 'gcr.io/etcd-development/etcd:v3.6.5',
              description:
                'Image with etcdctl and etcdutl in /usr/local/bin. The one that kubeadm uses may lack etcdutl.',
            },
          },
        },
      },
    },
    alerts: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description:
        'The alert rules of the pipeline, group "Upgrade Gates". They read what metrics.pushgatewayUrl is told.',
      properties: {
        prometheusRule: {
          type: 'object',
          additionalProperties: false,
          description: 'Render them as a PrometheusRule, for the Prometheus Operator. Absent: there is none.',
          properties: {
            namespace: { ...namespaceName, default: 'k8s-upgrade', description: 'Namespace of the PrometheusRule.' },
            labels: {
              ...objectLabels,
              default: [],
              description: 'Labels by which the ruleSelector of your Prometheus finds it.',
            },
          },
        },
        configMap: {
          type: 'object',
          additionalProperties: false,
          description:
            'Render them as a ConfigMap with a plain rule file in its key upgrade-gates.yaml. Absent: there is none.',
          properties: {
            namespace: {
              ...namespaceName,
              default: 'k8s-upgrade',
              description: 'Namespace of the ConfigMap: that of the Prometheus that mounts it.',
            },
            labels: { ...objectLabels, default: [], description: 'Labels by which your Prometheus finds it.' },
          },
        },
        runbookUrl: {
          ...httpAddress,
          title:
            'an http or https URL without a slash at its end, such as https://git.example.com/argo-kubeadm-upgrade/docs/runbook',
          description: 'Where the runbook is: <runbookUrl>/<alert>.md. Absent: alerts have no runbook_url.',
        },
        versionSkewForSeconds: {
          type: 'integer',
          minimum: 0,
          maximum: DAY_SECONDS,
          default: 1800,
          description: 'How long, in seconds, versions may differ outside of an upgrade.',
        },
        snapshotMissingForSeconds: {
          type: 'integer',
          minimum: 0,
          maximum: DAY_SECONDS,
          default: 600,
          description: 'How long, in seconds, an upgrade may be under way without an etcd snapshot.',
        },
        stalledAfterSeconds: {
          type: 'integer',
          minimum: 60,
          maximum: DAY_SECONDS,
          default: 5400,
          description: 'How old, in seconds, the last progress of an upgrade may be; longer than any of its phases.',
        },
        stalledForSeconds: {
          type: 'integer',
          minimum: 0,
          maximum: DAY_SECONDS,
          default: 300,
          description: 'How long, in seconds, that must have been so before it is told.',
        },
        failedForSeconds: {
          type: 'integer',
          minimum: 0,
          maximum: DAY_SECONDS,
          default: 900,
          description: 'How long, in seconds, a run must have failed before it is told.',
        },
        checkStaleAfterHours: {
          // Over a day, so over the longest phase that the settings allow: alert-rules.ts hangs on that.
          type: 'integer',
          minimum: 25,
          maximum: 8760,
          default: 25,
          description:
            'How old, in hours, the last version check that worked may be; longer than nightly.schedule pauses.',
        },
        checkStaleForSeconds: {
          type: 'integer',
          minimum: 0,
          maximum: DAY_SECONDS,
          default: 3600,
          description: 'How long, in seconds, that must have been so before it is told.',
        },
        recentRebootSeconds: {
          type: 'integer',
          minimum: 60,
          maximum: DAY_SECONDS,
          default: 3600,
          description: 'How long, in seconds, the start of a kubelet counts as recent.',
        },
      },
    },
    dashboard: {
      type: 'object',
      additionalProperties: false,
      description: 'A Grafana dashboard, as a ConfigMap that the sidecar of Grafana picks up. Absent: there is none.',
      properties: {
        namespace: {
          ...namespaceName,
          default: 'k8s-upgrade',
          description: 'Namespace of the ConfigMap: one in which the sidecar looks.',
        },
        labels: {
          ...objectLabels,
          default: ['grafana_dashboard=1'],
          description: 'Labels by which the sidecar finds it.',
        },
        folder: {
          type: 'string',
          pattern: PLAIN,
          maxLength: 100,
          title: 'the name of a folder in Grafana, such as Kubernetes',
          description: 'Folder in Grafana (annotation grafana_folder). Absent: the default one.',
        },
      },
    },
    compatibility: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'What the gate before a next minor lets pass. A patch never meets these.',
      properties: {
        untested: {
          type: 'object',
          additionalProperties: false,
          default: {},
          description: 'What becomes of a version that its makers have not tested with the target minor.',
          properties: {
            addons: {
              ...untested,
              default: 'block',
              description: 'block: such an addon keeps the cluster where it is. warn: it is said, and no more.',
            },
            runtime: {
              ...untested,
              default: 'warn',
              description: 'block: such a containerd keeps the cluster where it is. warn: it is said, and no more.',
            },
          },
        },
        addons: {
          type: 'array',
          items: addon,
          default: [],
          description: 'Your word on addons, on top of the catalogue in src/upgrade/gate/addons/.',
        },
        deprecatedApis: {
          type: 'object',
          additionalProperties: false,
          default: {},
          description: 'Where the gate learns who still asks for APIs that the target minor removes.',
          properties: {
            source: {
              type: 'string',
              enum: ['api-servers', 'prometheus'],
              default: 'api-servers',
              description:
                'api-servers: each API server is asked for what it remembers since its start. prometheus: monitoring.prometheusUrl is asked.',
            },
            lookbackHours: {
              type: 'integer',
              minimum: 0,
              maximum: 8760,
              // Under a day: a patch that restarted the API servers last night must not cost the minor of tonight.
              default: 20,
              description:
                'For how many hours back requests count. An API server that started later than that holds the upgrade until it is over.',
            },
          },
        },
      },
    },
    images: {
      type: 'object',
      additionalProperties: false,
      required: ['repository'],
      description: 'Where the images of the steps are.',
      properties: {
        repository: {
          // https://github.com/distribution/reference/blob/main/reference.go; the registry is asked for, so that no runtime guesses one.
          type: 'string',
          pattern:
            '^(localhost|[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?((\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+|(?=:)))(:[1-9][0-9]{0,4})?(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)+$',
          maxLength: 200,
          title:
            'an image repository with its registry and without a tag, such as registry.example.com/platform/argo-kubeadm-upgrade',
          description: 'Repository below which there is one image per step: <repository>/<step>:<tag>.',
        },
        tag: {
          type: 'string',
          pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$',
          title: 'an image tag, such as 0.1.0',
          description: 'Tag of every step image. Absent: the version of this package.',
        },
        digests: {
          type: 'array',
          uniqueItems: true,
          items: {
            type: 'string',
            pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?@sha256:[0-9a-f]{64}$',
            title:
              'a step and the digest of its image, such as drain@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
          },
          default: [],
          description: 'Pins the image of each step to its content: one for every step, or none.',
        },
        architectures: {
          type: 'array',
          minItems: 1,
          uniqueItems: true,
          // The deb packages of Kubernetes: https://build.opensuse.org/repositories/isv:kubernetes:core:prerelease:v1.34:build
          items: { type: 'string', enum: ['amd64', 'arm64', 'ppc64le', 's390x'] },
          default: ['amd64'],
          description: 'Architectures of the images, as in the label kubernetes.io/arch. Steps run on no other nodes.',
        },
        pullPolicy: {
          type: 'string',
          enum: ['IfNotPresent', 'Always'],
          default: 'IfNotPresent',
          description: 'When a node pulls a step image.',
        },
        pullSecrets: {
          type: 'array',
          uniqueItems: true,
          items: objectName,
          default: [],
          description: 'Names of Secrets in the namespace that hold the credentials of the registry.',
        },
      },
    },
    certificateAuthorities: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      description:
        'CA certificates that steps trust beside the public ones, when they ask the package repository, Prometheus, Alertmanager, the Pushgateway or a webhook over HTTPS. Absent: only the public ones. A node uses its own trust store.',
      properties: {
        kind: {
          type: 'string',
          enum: ['ConfigMap', 'Secret'],
          default: 'ConfigMap',
          description: 'Kind of the object with the certificates.',
        },
        name: {
          ...objectName,
          description: 'Name of that object in the namespace k8s-upgrade. You create it, or trust-manager does.',
        },
        key: {
          // https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object
          type: 'string',
          pattern: '^[A-Za-z0-9_-][A-Za-z0-9._-]*$',
          maxLength: 253,
          title: 'a key of a ConfigMap: letters, digits, -, _ and ., such as ca.crt',
          default: 'ca.crt',
          description: 'Its key with the certificates in PEM, one after the other.',
        },
      },
    },
    secrets: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Where the SSH key and the addresses of webhooks come from.',
      properties: {
        name: {
          ...objectName,
          default: 'k8s-upgrade-creds',
          description:
            'Secret with ssh_key, ssh_key_pub and, if wanted, slack_webhook, webhook_url, ssh_known_hosts and the logins of servers.',
        },
        externalSecret: {
          type: 'object',
          additionalProperties: false,
          required: ['storeName', 'remoteKey'],
          description: 'The External Secrets Operator writes the Secret. Absent: the Secret is made by hand.',
          properties: {
            storeName: { ...objectName, description: 'Name of the secret store.' },
            storeKind: {
              type: 'string',
              enum: ['ClusterSecretStore', 'SecretStore'],
              default: 'ClusterSecretStore',
              description: 'Kind of the secret store.',
            },
            remoteKey: {
              type: 'string',
              pattern: '^\\S(.*\\S)?$',
              maxLength: 1024,
              title: 'the key of an entry in the secret store, such as platform/k8s-upgrade',
              description: 'Entry of the store whose properties become the keys of the Secret.',
            },
            refreshInterval: {
              type: 'string',
              pattern: '^(?=.)([1-9][0-9]{0,4}h)?([1-9][0-9]{0,4}m)?([1-9][0-9]{0,4}s)?$',
              title: 'a duration in h, m and s, such as 1h or 1h30m',
              default: '1h',
              description: 'How often the store is read again, as a duration with its units.',
            },
          },
        },
      },
    },
    network: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'NetworkPolicies of the step pods. They hold only where the network plugin enforces them.',
      properties: {
        policies: { type: 'boolean', default: true, description: 'Render NetworkPolicies.' },
        apiServerCidrs: {
          type: 'array',
          uniqueItems: true,
          items: cidr,
          default: [],
          description: 'Networks in which the API servers are. Empty: any address.',
        },
        apiServerPorts: {
          // A NetworkPolicy without ports allows every port.
          type: 'array',
          minItems: 1,
          uniqueItems: true,
          items: port,
          default: [443, 6443],
          description: 'Ports of the API server: of its Service and of its endpoints.',
        },
        nodeCidrs: {
          type: 'array',
          uniqueItems: true,
          items: cidr,
          default: [],
          description: 'Networks in which the nodes are, for SSH. Empty: any address.',
        },
        repositoryCidrs: {
          type: 'array',
          uniqueItems: true,
          items: cidr,
          default: [],
          description: 'Networks in which the package repository or the proxy to it is. Empty: any address.',
        },
        repositoryPorts: {
          type: 'array',
          uniqueItems: true,
          items: port,
          default: [443],
          description:
            'Ports to which redirects of the package repository lead; its own and that of the proxy are open anyway.',
        },
        dnsNamespace: {
          ...namespaceName,
          default: 'kube-system',
          description: 'Namespace in which the cluster DNS runs.',
        },
      },
    },
    resources: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Resources of one step container.',
      properties: {
        cpu: {
          type: 'string',
          pattern: '^(?=.*[1-9])(0|[1-9][0-9]{0,5})(m|\\.[0-9]{1,3})?$',
          title: 'an amount of CPU, such as 50m or 0.5',
          default: '50m',
          description: 'CPU request of one step container, in cores (1000m = 1).',
        },
        memory: { ...memory, default: '128Mi', description: 'Memory request of one step container, in bytes.' },
        memoryLimit: { ...memory, default: '512Mi', description: 'Memory limit of one step container, in bytes.' },
      },
    },
    history: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'How long the past can be read in the cluster.',
      properties: {
        keepDays: {
          type: 'integer',
          minimum: 1,
          maximum: 365,
          default: 7,
          description: 'Days that a finished run stays.',
        },
        keepPodsHours: {
          type: 'integer',
          minimum: 0,
          maximum: 8760,
          default: 24,
          description: 'Hours that the pods of a finished run stay, with their logs.',
        },
      },
    },
  },
} as const;

/** What one cluster file says, every default filled in, and the name of the file. */
export type ClusterSettings = FromSchema<typeof clusterSchema> & { name: string };
