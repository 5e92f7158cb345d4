import { LOGIN_KINDS } from '../run/server-login.ts';
import type { Kind } from './kit.ts';
import type { Format, SettingSchema } from './schema.ts';

const DAY_SECONDS = 86_400;
const YEAR_HOURS = 8760;
const TEBIBYTE_IN_MIB = 1_048_576;

interface Limits {
  /** 0 when absent. */
  readonly min?: number;
  readonly max: number;
  /** Absent: the words follow from the limits and from the unit at the end of the name. */
  readonly title?: string;
}

const integer = (form: 'seconds' | 'count', { min = 0, max, title }: Limits): Kind<number> => ({
  form,
  schema: { type: 'integer', minimum: min, maximum: max, ...(title === undefined ? {} : { title }) },
});

/** A duration of at most a day. The name of the setting ends in Seconds. */
export const seconds = (min = 0, max = DAY_SECONDS): Kind<number> => integer('seconds', { min, max });
/** The name of the setting ends in Hours. */
export const hours = (min = 0): Kind<number> => integer('count', { min, max: YEAR_HOURS });
/** The name of the setting ends in Days. */
export const days = (min = 0): Kind<number> => integer('count', { min, max: 365 });
/** The name of the setting ends in MiB. */
export const mebibytes = integer('count', { max: TEBIBYTE_IN_MIB });
/** A number without a unit in its name: the title says what it counts. */
export const count = (limits: Limits & { readonly title: string }): Kind<number> => integer('count', limits);

export const port = count({ min: 1, max: 65_535, title: 'a port from 1 to 65535' });

/** True or false. */
export const toggle = (title?: string): Kind<boolean> => ({
  form: 'switch',
  schema: { type: 'boolean', ...(title === undefined ? {} : { title }) },
});

export const choice = <const T extends string>(choices: readonly T[]): Kind<T> => ({
  form: 'choice',
  schema: { type: 'string', enum: choices },
});

interface TextLimits {
  readonly pattern?: string;
  readonly format?: Format;
  readonly maxLength?: number;
  /** Says what the text must be. */
  readonly title: string;
}

export const text = (limits: TextLimits): Kind<string> => ({ form: 'text', schema: { type: 'string', ...limits } });

/** The kind with other words for what a value must be. */
export const titled = <T>(kind: Kind<T>, title: string): Kind<T> => ({ ...kind, schema: { ...kind.schema, title } });

/** A list of distinct texts or numbers. */
export const listOf = <T>(item: Kind<T>, { minItems }: { readonly minItems?: number } = {}): Kind<readonly T[]> => ({
  form: 'list',
  schema: { type: 'array', ...least(minItems), uniqueItems: true, items: item.schema },
});

/** A list of objects. It travels as JSON. */
export const recordsOf = <T>(item: Kind<T>, { minItems }: { readonly minItems?: number } = {}): Kind<readonly T[]> => ({
  form: 'json',
  schema: { type: 'array', ...least(minItems), items: item.schema },
});

const least = (minItems: number | undefined): Pick<SettingSchema, 'minItems'> =>
  minItems === undefined ? {} : { minItems };

export const cronSchedule = (example: string): Kind<string> =>
  text({
    format: 'cron',
    title: `five cron fields (minute hour day month weekday 0-6) that match some day, such as ${example}`,
  });

export const timeZone = text({
  format: 'timezone',
  title: 'a time zone of the IANA database, such as UTC or Europe/Berlin',
});

export const cidr = text({
  format: 'cidr',
  title: 'a network in CIDR form without host bits, such as 10.0.0.0/8 or 2001:db8::/32',
});

// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
export const objectName = text({
  pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$',
  maxLength: 253,
  title: 'the name of a Kubernetes object: lower-case letters, digits, - and .',
});

// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
export const namespaceName = text({
  pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
  maxLength: 63,
  title: 'the name of a namespace: lower-case letters, digits and -',
});

/** `namespace/name` of an object that this project does not own. */
export const namespacedName = (kind: string, example: string): Kind<string> =>
  text({
    pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?/[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
    maxLength: 116,
    title: `a namespace and the name of a ${kind} in it, such as ${example}`,
  });

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
export const objectLabel = text({
  pattern:
    '^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?=([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$',
  maxLength: 380,
  title: 'a label as key=value, such as release=kube-prometheus-stack',
});

// A kubelet may set labels on its own Node, but none below these two domains:
// https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
export const protectedLabel = text({
  pattern:
    '^(node-role\\.kubernetes\\.io|([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)*node-restriction\\.kubernetes\\.io)/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?=([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$',
  maxLength: 380,
  title:
    'a label as key=value below node-role.kubernetes.io/ or node-restriction.kubernetes.io/, which no kubelet can set on its own Node',
});

/** The pattern of a text of one line. In a parameter of a Workflow, two braces begin a reference; `$(` is one of Kubernetes. */
export const PLAIN = '^(?!.*(\\{\\{|\\$\\(|\\$\\$))\\S(.*\\S)?$';

/** A sentence of an operator that a message repeats. */
export const plainText = (example: string): Kind<string> =>
  text({
    pattern: PLAIN,
    maxLength: 300,
    title: `a text of one line without two braces or a $(, such as ${example}`,
  });

const HOST = 'https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?';
// A NetworkPolicy opens the port, which ends at 65535.
const PORT = '(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?';

/** Has an IPv6 address as its host, too. The format checks that it is one. */
const HOST_OR_IPV6 = 'https?://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:]{2,39}\\])';

/** A URL to which a path is appended. It has no user and no password: settings are committed. */
export const httpUrl = (example: string): Kind<string> => ({
  form: 'address',
  schema: {
    type: 'string',
    format: 'http-address',
    pattern: `^${HOST_OR_IPV6}${PORT}(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)*$`,
    maxLength: 512,
    title: `an http or https URL without a slash at its end, such as ${example}`,
  },
});

/** The package repository: its path may hold colons and plus signs. */
export const repositoryUrl: Kind<string> = {
  form: 'address',
  schema: {
    type: 'string',
    pattern: `^${HOST}(:[1-9][0-9]{0,4})?(/(?!\\.{1,2}(/|$))[A-Za-z0-9._:+-]+)*$`,
    maxLength: 512,
    title: 'an http or https URL without a slash at its end, such as https://pkgs.k8s.io/core:/stable:',
  },
};

export const proxyUrl: Kind<string> = {
  form: 'address',
  schema: {
    type: 'string',
    pattern: `^${HOST}${PORT}$`,
    maxLength: 512,
    title: 'an http or https URL without a password and without a path, such as http://proxy.example.com:3128',
  },
};

/** An absolute path with a folder in it. */
export const folderPath = (example: string): Kind<string> =>
  text({
    pattern: '^(/[A-Za-z0-9_-][A-Za-z0-9._-]*){2,}$',
    maxLength: 200,
    title: `an absolute path of at least two folders, such as ${example}`,
  });

/** An absolute path to a file of apt. */
export const aptPath = (extensions: string, words: string): Kind<string> =>
  text({
    pattern: `^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+(?<=[A-Za-z0-9_-]\\.${extensions})$`,
    maxLength: 255,
    title: `an absolute path of letters, digits, . _ - that ends in ${words}`,
  });

/** none: without a login. basic: the key of the Secret holds user:password. bearer: it holds a token. */
export const login = choice(LOGIN_KINDS);

export const memory = text({
  pattern: '^[1-9][0-9]*(k|M|G|Ki|Mi|Gi)$',
  maxLength: 12,
  title: 'an amount of memory with its unit (k, M, G, Ki, Mi or Gi), such as 128Mi',
});
