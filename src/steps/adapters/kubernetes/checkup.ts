import type { V1APIResourceList } from '@kubernetes/client-node';
import type { Permission } from '../../../run/permission.ts';
import type { ArgoController, Checkup } from '../../ports/checkup.ts';
import { mapConcurrently } from '../hosts.ts';
import { parseYaml } from '../yaml.ts';
import { readConfigMap, unlessMissing, type Api } from './api.ts';
import { leftAtZero } from './deployments.ts';
import {
  ACCESS_REVIEWS,
  CRON_JOBS,
  DEPLOYMENTS,
  SECRETS,
  type V1Deployment,
  type V1SubjectAccessReview,
} from './resources.ts';
import { reading } from '../../runtime/step-error.ts';

const CONTROLLER = /(^|\/)workflow-controller(:|@|$)/;
/** As every manifest of Argo calls it. */
const SETTINGS = 'workflow-controller-configmap';

export const checkup = (api: Api, annotationPrefix: string): Checkup => ({
  allowed: (permissions) =>
    mapConcurrently(permissions, async (permission) => ({
      permission,
      allowed: await reading(review(api, permission)),
    })),
  argoResources: () => reading(argoResources(api)),
  argoControllers: () => reading(argoControllers(api)),
  leftAtZero: () => reading(leftAtZero(api, annotationPrefix)),
  secret: (name) => reading(secret(api, name)),
  cronJob: (namespace, name) => reading(cronJob(api, namespace, name)),
});

async function review(api: Api, permission: Permission): Promise<boolean> {
  const { status } = await api.create(ACCESS_REVIEWS, {}, { spec: specOf(api.namespace, permission) });
  return status?.allowed === true;
}

function specOf(namespace: string, { serviceAccount, verb, what }: Permission): V1SubjectAccessReview['spec'] {
  const subject = {
    user: `system:serviceaccount:${namespace}:${serviceAccount}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
  if ('path' in what) return { ...subject, nonResourceAttributes: { path: what.path, verb } };
  // `pods/log` is the subresource `log` of `pods`.
  const [resource = '', subresource] = what.resource.split('/');
  return {
    ...subject,
    resourceAttributes: {
      verb,
      group: what.apiGroup,
      resource,
      ...(subresource === undefined ? {} : { subresource }),
      ...(what.namespace === undefined ? {} : { namespace: what.namespace }),
      ...(what.name === undefined ? {} : { name: what.name }),
    },
  };
}

async function argoResources(api: Api): Promise<readonly string[]> {
  const found = await unlessMissing(
    api.ask('get resources of argoproj.io', () =>
      api.request<Partial<V1APIResourceList>>({ method: 'GET', path: '/apis/argoproj.io/v1alpha1' }),
    ),
  );
  return (found?.resources ?? []).map(({ name }) => name).sort();
}

async function argoControllers(api: Api): Promise<readonly ArgoController[]> {
  const all = await api.list(DEPLOYMENTS);
  return Promise.all(
    all.flatMap((deployment) => {
      const image = imageOf(deployment);
      const namespace = deployment.metadata?.namespace ?? '';
      return image === undefined ? [] : [controller(api, namespace, image)];
    }),
  );
}

const imageOf = ({ spec }: V1Deployment): string | undefined =>
  spec?.template.spec?.containers.map(({ image = '' }) => image).find((image) => CONTROLLER.test(image));

const controller = async (api: Api, namespace: string, image: string): Promise<ArgoController> => ({
  namespace,
  image,
  restrictedExecutor: await reading(restrictedExecutor(api, namespace)),
});

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
async function restrictedExecutor(api: Api, namespace: string): Promise<boolean> {
  const found = await readConfigMap(api, SETTINGS, namespace);
  const executor = found?.data?.['executor'] ?? '';
  const { securityContext } = Object(parseYaml(executor, `executor of ConfigMap ${SETTINGS}`).at(0)) as {
    securityContext?: unknown;
  };
  const { allowPrivilegeEscalation, capabilities } = Object(securityContext) as Record<string, unknown>;
  const { drop } = Object(capabilities) as { drop?: unknown };
  return allowPrivilegeEscalation === false && Array.isArray(drop) && drop.includes('ALL');
}

async function secret(api: Api, name: string): Promise<ReadonlyMap<string, string> | undefined> {
  const found = await api.find(SECRETS, { namespace: api.namespace, name });
  if (found === undefined) return undefined;
  return new Map(
    Object.entries(found.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

async function cronJob(
  api: Api,
  namespace: string,
  name: string,
): Promise<{ readonly suspended: boolean } | undefined> {
  const found = await api.find(CRON_JOBS, { namespace, name });
  return found === undefined ? undefined : { suspended: found.spec.suspend === true };
}
