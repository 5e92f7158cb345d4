import type { FromSchema } from 'json-schema-to-ts';

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

const httpAddress = {
  // A NetworkPolicy opens the port, which ends at 65535.
  type: 'string',
  pattern:
    '^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)*$',
  maxLength: 512,
} as const;

const minor = {
  type: 'string',
  pattern: '^1\\.(0|[1-9][0-9]{0,3})$',
  title: 'a Kubernetes minor in quotes, such as 1.36',
} as const;

const untested = { type: 'string', enum: ['block', 'warn'] } as const;

const port = { type: 'integer', minimum: 1, maximum: 65_535, title: 'a port from 1 to 65535' } as const;

// What a `name` means and what a `matrix` may hold is for src/upgrade/addons/merge.ts to say: contradictions.ts asks it.
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
      description: 'Where the version stands in the tag of its image.',
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
      description: 'Prefix of every annotation that the pipeline writes on nodes, Deployments and its namespace.',
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
          description: 'Cron schedule of the nightly run, in nightly.timezone.',
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
          description: 'True renders the nightly run suspended; manual runs still work.',
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
            'auto: the next minor is installed when there is no newer patch. approve: it is shown, with the command that starts it. off: it is not looked for.',
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
          // apt reads only *.list in the one-line format, and in file names only these characters: sources.list(5).
          type: 'string',
          pattern: '^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+(?<=[A-Za-z0-9_-]\\.list)$',
          maxLength: 255,
          title: 'an absolute path of letters, digits, . _ - that ends in .list',
          default: '/etc/apt/sources.list.d/kubernetes.list',
          description: 'File on every node that names the Kubernetes package repository to apt.',
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
          description: 'User on the nodes; any other than root needs sudo without a password.',
        },
        port: { ...port, default: 22, description: 'Port of sshd on every node.' },
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
            pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
            title: 'a namespace and the name of a Deployment in it, such as rook-ceph/rook-ceph-operator',
          },
          default: [],
          description:
            'Deployments that are scaled to 0 while kubeadm changes a control-plane node: operators that crash while the API server is away.',
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
          description: 'How long, in seconds, the drain of one node may take before the run fails.',
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
      },
    },
    nodes: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'What is asked of a node after its upgrade.',
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
        containerdPackage: {
          // https://www.debian.org/doc/debian-policy/ch-controlfields.html#source
          type: 'string',
          pattern: '^[a-z0-9][a-z0-9+.-]{1,99}$',
          title: 'the name of a Debian package: lower-case letters, digits, +, - and .',
          default: 'containerd.io',
          description:
            'Package of containerd. A drained control-plane node whose containerd is older than that of the newest worker gets the same.',
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
          description: 'Prometheus that steps ask; it must let them in without a login.',
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
          description: 'Your word on addons, on top of the catalogue in src/upgrade/addons/.',
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
    secrets: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Where the SSH key and the Slack webhook come from.',
      properties: {
        name: {
          ...objectName,
          default: 'k8s-upgrade-creds',
          description: 'Secret with ssh_key, ssh_key_pub, slack_webhook and, if wanted, ssh_known_hosts.',
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
          type: 'string',
          pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
          maxLength: 63,
          title: 'the name of a namespace: lower-case letters, digits and -',
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
