import { parseImage } from '../../kubernetes/image.ts';
import { parseFlags } from '../boundary/flags.ts';
import { tryParseQuantity } from '../../kubernetes/quantity.ts';
import { redact } from '../../../text/redact.ts';
import { canonical, fieldsOf, itemsOf, leavesOf, textOf, type Fields } from './fields.ts';

/**
 * The kind of field in kubeadm's ClusterConfiguration that holds such a part. `none`: only a patch can change the part.
 */
export type PartKind = 'flag' | 'env' | 'volume' | 'image' | 'none';

/** One named part of a static pod. */
export interface Part {
  readonly kind: PartKind;
  /** Name for a person, such as `the flag --config`. */
  readonly name: string;
  /** The value that is compared. */
  readonly value: string;
  /** The value for a person; undefined when it may be a secret or adds nothing. */
  readonly shown?: string;
  /** Key of another part that changes together with this one. */
  readonly with?: string;
  /** kubeadm itself adds such a part from one minor to the next. */
  readonly added?: true;
}

export type Parts = ReadonlyMap<string, Part>;

/**
 * Returns every part of a static pod that a kubeadm upgrade can undo. Image versions and kubeadm's own metadata are not
 * included.
 */
export const partsOf = (pod: unknown, component: string): Parts => {
  const { metadata, spec } = fieldsOf(pod);
  const { containers, initContainers, volumes, hostAliases, ...others } = fieldsOf(spec);
  return new Map([
    ...metadataParts(fieldsOf(metadata)),
    ...[...itemsOf(containers), ...itemsOf(initContainers)].flatMap((each) =>
      containerParts(fieldsOf(each), component),
    ),
    ...itemsOf(volumes).flatMap((each) => volumePart(fieldsOf(each))),
    ...itemsOf(hostAliases).map((each) => hostAlias(fieldsOf(each))),
    ...setLeaves(others).map(([path, value]) => leaf(`spec.${path}`, value)),
  ]);
};

// Bound: no expression below repeats more than one thing.
/** Metadata that kubeadm writes itself, such as the address of the API server. */
const OWN_METADATA = /^(kubeadm\.kubernetes\.io|kubernetes\.io\/config)/;
const OWN_LABELS = ['component', 'tier'];

const metadataParts = ({ annotations, labels }: Fields): [string, Part][] => [
  ...Object.entries(fieldsOf(annotations)).flatMap(([key, value]): [string, Part][] =>
    OWN_METADATA.test(key)
      ? []
      : [[`annotation/${key}`, { kind: 'none', name: `the annotation ${clip(key)}`, value: textOf(value) }]],
  ),
  ...Object.entries(fieldsOf(labels)).flatMap(([key, value]): [string, Part][] =>
    OWN_LABELS.includes(key)
      ? []
      : [[`label/${key}`, { kind: 'none', name: `the label ${clip(key)}`, value: textOf(value) }]],
  ),
];

function containerParts(container: Fields, component: string): [string, Part][] {
  const name = textOf(container['name']);
  const key = `container/${name}`;
  // A sidecar is one part: kubeadm has no setting for it.
  if (name !== component)
    return [[key, { kind: 'none', name: `the container ${clip(name)}`, value: canonical(container) ?? '' }]];
  const { command, args, env, image, volumeMounts, ports, resources, ...others } = container;
  const probes = PROBES.map((probe) => [probe, others[probe]] as const);
  const rest = Object.entries(others).filter(([field]) => !PROBES.includes(field));
  return [
    ...commandParts([...itemsOf(command), ...itemsOf(args)].map(textOf)),
    ...itemsOf(env).map((each) => envPart(fieldsOf(each))),
    ...itemsOf(volumeMounts).map((each) => mountPart(fieldsOf(each))),
    ...itemsOf(ports).flatMap((each) => portPart(fieldsOf(each))),
    ...leavesOf(resources).map(([path, value]) => leaf(`resources.${path}`, value)),
    ...probes.flatMap(([probe, value]) => probeParts(probe, fieldsOf(value))),
    ...setLeaves(Object.fromEntries(rest)).map(([path, value]) => leaf(path, value)),
    ['image', { kind: 'image', ...imagePart(textOf(image)) }],
  ];
}

function commandParts(words: readonly string[]): [string, Part][] {
  const [program = ''] = words;
  const flags = Map.groupBy(parseFlags(words), ({ name }) => name);
  return [
    ['program', { kind: 'none', name: `the command ${clip(program)}`, value: program }],
    ...[...flags].map(([name, given]): [string, Part] => {
      const values = given.map(({ value }) => (value === '' ? 'true' : value));
      return [
        `flag/${name}`,
        {
          kind: 'flag',
          name: `the flag --${clip(name)}`,
          value: values.join('\n'),
          shown: clip(redact(values.join(','))),
          with: 'program',
        },
      ];
    }),
  ];
}

/** The value of an environment variable may be a password, so it is not shown. */
const envPart = ({ name, ...value }: Fields): [string, Part] => [
  `env/${textOf(name)}`,
  { kind: 'env', name: `the environment variable ${clip(textOf(name))}`, value: canonical(value) ?? '' },
];

const mountPart = ({ name, mountPath, ...rest }: Fields): [string, Part] => [
  `mount/${textOf(mountPath)}`,
  {
    kind: 'volume',
    name: `the mount of ${clip(textOf(mountPath))}`,
    value: canonical([name, rest]) ?? '',
    with: `volume/${textOf(name)}`,
  },
];

function volumePart({ name, ...source }: Fields): [string, Part][] {
  const { path } = fieldsOf(source['hostPath']);
  const key = `volume/${textOf(name)}`;
  const at = path === undefined ? '' : ` (${clip(textOf(path))})`;
  return [[key, { kind: 'volume', name: `the volume ${clip(textOf(name))}${at}`, value: canonical(source) ?? '' }]];
}

const hostAlias = ({ ip, hostnames }: Fields): [string, Part] => [
  `host-alias/${textOf(ip)}`,
  {
    kind: 'none',
    name: `the host alias ${clip(textOf(ip))}`,
    value: canonical(hostnames) ?? '',
    shown: clip(itemsOf(hostnames).map(textOf).join(',')),
  },
];

/** Fields that say something: Kubernetes reads an empty value as none. */
const setLeaves = (fields: Fields): [string, unknown][] =>
  leavesOf(fields).filter(([, value]) => !['null', '""', '[]', '{}'].includes(canonical(value) ?? 'null'));

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];

/**
 * The operator chooses periods and thresholds of probes. Which probes exist and what they query changes from one minor
 * to the next.
 */
const probeParts = (probe: string, fields: Fields): [string, Part][] =>
  leavesOf(fields).flatMap(([path, value]): [string, Part][] => {
    const [key, part] = leaf(`${probe}.${path}`, value);
    return path.startsWith('httpGet.') ? [] : [[key, { ...part, added: true }]];
  });

/** kubeadm names the port of its probes since 1.34. */
const portPart = (port: Fields): [string, Part][] => {
  const name = textOf(port['name'] ?? port['containerPort']);
  return name === 'probe-port'
    ? []
    : [[`port/${name}`, { kind: 'none', name: `the port ${clip(name)}`, value: canonical(port) ?? '' }]];
};

/** The tag changes with the version, so it is not compared. */
const imagePart = (image: string): Pick<Part, 'name' | 'value' | 'shown'> => {
  const { repository } = parseImage(image);
  return { name: 'the image', value: repository, shown: clip(redact(repository)) };
};

/** Returns a part for a field without a name of its own. The path is its name. */
export function leaf(path: string, value: unknown): [string, Part] {
  const text = textOf(value);
  return [
    path,
    { kind: 'none', name: clip(path), value: String(tryParseQuantity(text) ?? text), shown: clip(redact(text)) },
  ];
}

const MOST_CHARACTERS = 120;
const clip = (text: string): string =>
  text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
