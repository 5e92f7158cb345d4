import { parseImage } from '../../kubernetes/image.ts';
import { parseFlags } from '../boundary/flags.ts';
import { tryParseQuantity } from '../../kubernetes/quantity.ts';
import { redact } from '../../../text/redact.ts';
import { canonical, fieldsOf, itemsOf, leavesOf, textOf, type Fields } from './fields.ts';

/** Where kubeadm's ClusterConfiguration holds such a part; `none`: only a patch can change it. */
export type PartKind = 'flag' | 'env' | 'volume' | 'image' | 'none';

/** One named thing of a static pod. */
export interface Part {
  readonly kind: PartKind;
  /** For a person: `the flag --config`. */
  readonly name: string;
  /** What is compared. */
  readonly value: string;
  /** For a person; undefined where the value may be a secret or adds nothing. */
  readonly shown?: string;
  /** The key of a part that this one goes together with. */
  readonly with?: string;
  /** kubeadm adds such a part by itself from one minor to the next. */
  readonly added?: true;
}

export type Parts = ReadonlyMap<string, Part>;

/** Every part of a static pod that an upgrade by kubeadm can undo. Versions of images, and what kubeadm itself writes down, are none. */
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
/** What kubeadm writes about itself, such as the address of the API server. */
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
  // A sidecar is one part: kubeadm knows none.
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

/** A value of a variable may be a password. */
const envPart = ({ name, ...value }: Fields): [string, Part] => [
  `env/${textOf(name)}`,
  { kind: 'env', name: `the environment variable ${clip(textOf(name))}`, value: canonical(value) ?? '' },
];

const mountPart = ({ name, mountPath, ...rest }: Fields): [string, Part] => [
  `mount/${textOf(mountPath)}`,
  {
    ...{ kind: 'volume', name: `the mount of ${clip(textOf(mountPath))}`, value: canonical([name, rest]) ?? '' },
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
    ...{ kind: 'none', name: `the host alias ${clip(textOf(ip))}`, value: canonical(hostnames) ?? '' },
    shown: clip(itemsOf(hostnames).map(textOf).join(',')),
  },
];

/** Fields that say something: Kubernetes reads an empty value as none. */
const setLeaves = (fields: Fields): [string, unknown][] =>
  leavesOf(fields).filter(([, value]) => !['null', '""', '[]', '{}'].includes(canonical(value) ?? 'null'));

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];

/** How often and how long is a choice; what a probe asks, and which probes there are, changes from one minor to the next. */
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

/** The tag changes with the version. */
const imagePart = (image: string): Pick<Part, 'name' | 'value' | 'shown'> => {
  const { repository } = parseImage(image);
  return { name: 'the image', value: repository, shown: clip(redact(repository)) };
};

/** A field without a name of its own, by its path. */
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
