import type { KubeadmConfig, KubeletConfig, Written } from '../../upgrade/gate/boundary/configuration.ts';
import type { Flag } from '../../upgrade/gate/boundary/flags.ts';
import { CONTROL_PLANE_COMPONENTS, type ControlPlaneComponent } from '../../upgrade/node/node.ts';
import { DEFAULT_IMAGE_REPOSITORY, type ClusterImages, type OwnImage } from '../../upgrade/prepare/images.ts';
import { unexpected } from '../runtime/step-error.ts';
import { shown } from './shown.ts';
import { parseYaml } from './yaml.ts';

// The configuration files of the components. Whatever does not look as it must is thrown as a `StepError` that names `what`
// was read: a file that we misread could hide what would keep a component from starting.

type Fields = Readonly<Record<string, unknown>>;

export function parseKubeletConfiguration(text: string, what: string): KubeletConfig {
  const config = documentOf(text, what, 'KubeletConfiguration');
  const { failCgroupV1 } = config;
  if (failCgroupV1 !== undefined && typeof failCgroupV1 !== 'boolean') {
    throw unexpected(`${what}: failCgroupV1 is ${written(failCgroupV1)}, expected true or false`);
  }
  return { flags: [], featureGates: gatesOf(config, what), failCgroupV1 };
}

/** Parts of a KubeletConfiguration, each a document. A later one wins. None: an empty text. */
export const parseKubeletFragments = (text: string, what: string): Written => ({
  flags: [],
  featureGates: Object.fromEntries(
    parseYaml(text, what).flatMap((document) => Object.entries(gatesOf(asFields(document, what), what))),
  ),
});

export const parseKubeProxyConfiguration = (text: string, what: string): Written => ({
  flags: [],
  featureGates: gatesOf(documentOf(text, what, 'KubeProxyConfiguration'), what),
});

const SECTIONS: Readonly<Record<ControlPlaneComponent, string>> = {
  'kube-apiserver': 'apiServer',
  'kube-controller-manager': 'controllerManager',
  'kube-scheduler': 'scheduler',
};

export function parseClusterConfiguration(text: string, what: string): KubeadmConfig {
  const documents = documentsOf(text, what);
  const config = ofKind(documents, what, 'ClusterConfiguration');
  const written = CONTROL_PLANE_COMPONENTS.map((component): [ControlPlaneComponent, Written] => {
    const { extraArgs } = section(config, SECTIONS[component], what);
    return [component, { flags: extraFlags(extraArgs, `${what}: ${SECTIONS[component]}`), featureGates: {} }];
  });
  return {
    apiVersions: documents.map(({ apiVersion }) => (typeof apiVersion === 'string' ? apiVersion : '')),
    featureGates: gatesOf(config, what),
    components: Object.fromEntries(written) as KubeadmConfig['components'],
    ...etcdOf(config, what),
  };
}

function etcdOf(config: Fields, what: string): Pick<KubeadmConfig, 'externalEtcd' | 'localEtcd'> {
  const etcd = section(config, 'etcd', what);
  if ((etcd['external'] ?? undefined) !== undefined) return { externalEtcd: true, localEtcd: undefined };
  const local = section(etcd, 'local', what);
  const { extraEnvs } = local;
  const repository = textOf(local, 'imageRepository', what) ?? textOf(config, 'imageRepository', what);
  return {
    externalEtcd: false,
    localEtcd: {
      dataDir: textOf(local, 'dataDir', what) ?? '/var/lib/etcd',
      certificatesDir: textOf(config, 'certificatesDir', what) ?? '/etc/kubernetes/pki',
      imageRepository: repository ?? DEFAULT_IMAGE_REPOSITORY,
      extraArgs: extraFlags(local['extraArgs'], `${what}: etcd.local`),
      extraEnvs: Array.isArray(extraEnvs) ? extraEnvs : [],
    },
  };
}

/** https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/; `disabled` of the addons exists since 1.32. */
export function parseClusterImages(text: string, what: string): ClusterImages {
  const config = documentOf(text, what, 'ClusterConfiguration');
  const etcd = section(config, 'etcd', what);
  const [dns, proxy] = [section(config, 'dns', what), section(config, 'proxy', what)];
  const isExternal = (etcd['external'] ?? undefined) !== undefined;
  return {
    repository: textOf(config, 'imageRepository', what) ?? DEFAULT_IMAGE_REPOSITORY,
    etcd: isExternal ? 'external' : ownImage(section(etcd, 'local', what), `${what}: etcd.local`),
    dns: dns['disabled'] === true ? 'disabled' : ownImage(dns, `${what}: dns`),
    proxy: proxy['disabled'] === true ? 'disabled' : 'enabled',
  };
}

const ownImage = (fields: Fields, what: string): OwnImage => ({
  repository: textOf(fields, 'imageRepository', what),
  tag: textOf(fields, 'imageTag', what),
});

/** kubeadm takes an empty text for none. */
function textOf(fields: Fields, name: string, what: string): string | undefined {
  const value = fields[name] ?? '';
  if (typeof value !== 'string') throw unexpected(`${what}: ${name} is ${written(value)}, expected a text`);
  return value === '' ? undefined : value;
}

function documentsOf(text: string, what: string): Fields[] {
  const values = parseYaml(text, what);
  if (values.length === 0) throw unexpected(`${what} is empty`);
  return values.map((value) => asFields(value, what));
}

const documentOf = (text: string, what: string, kind: string): Fields => ofKind(documentsOf(text, what), what, kind);

function ofKind(documents: readonly Fields[], what: string, kind: string): Fields {
  const [found, ...others] = documents.filter((each) => each['kind'] === kind);
  if (found !== undefined && others.length === 0) return found;
  const kinds = documents.map((each) => (typeof each['kind'] === 'string' ? each['kind'] : 'no kind'));
  throw unexpected(`${what} holds ${kinds.join(', ')}, expected one ${kind}`);
}

/** As it is written in the file, but for its end when it is long. */
const written = (value: unknown): string => shown(typeof value === 'string' ? JSON.stringify(value) : value);

function section(config: Fields, name: string, what: string): Fields {
  const value = config[name] ?? {};
  return asFields(value, `${what}: ${name}`);
}

function asFields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw unexpected(`${what} is no set of fields`);
}

function gatesOf(config: Fields, what: string): Readonly<Record<string, boolean>> {
  const gates = section(config, 'featureGates', what);
  const odd = Object.entries(gates).find(([, value]) => typeof value !== 'boolean');
  if (odd === undefined) return gates as Readonly<Record<string, boolean>>;
  throw unexpected(`${what}: featureGates.${odd[0]} is ${written(odd[1])}, expected true or false`);
}

/** A list of name and value since v1beta4, a map before. */
function extraFlags(extraArgs: unknown, what: string): Flag[] {
  if (extraArgs === undefined || extraArgs === null) return [];
  if (!Array.isArray(extraArgs)) {
    return Object.entries(asFields(extraArgs, `${what}.extraArgs`)).map(([name, value]) => flag(name, value));
  }
  return extraArgs.map((each: unknown) => {
    const { name, value } = asFields(each, `an item of ${what}.extraArgs`);
    if (typeof name !== 'string') throw unexpected(`an item of ${what}.extraArgs has no name`);
    return flag(name, value);
  });
}

function flag(name: string, value: unknown): Flag {
  const given = value ?? '';
  return { name: name.replaceAll('_', '-'), value: typeof given === 'string' ? given : JSON.stringify(given) };
}
