import { type Ended, kubectl, run } from '../../../kit/commands.ts';

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** `verb group/resource` of which each alone makes its holder cluster-admin, or root on a node. */
const WORTH_EVERYTHING = [
  ...['patch apps/deployments', 'update apps/deployments', 'create apps/deployments', 'patch apps/daemonsets'],
  ...['create /pods', 'create /pods/exec', 'create batch/jobs', 'create batch/cronjobs', 'patch batch/cronjobs'],
  ...['create argoproj.io/workflows', 'create /serviceaccounts/token', 'get /secrets', 'list /secrets'],
  ...['create rbac.authorization.k8s.io/rolebindings', 'create rbac.authorization.k8s.io/clusterrolebindings'],
  ...['escalate rbac.authorization.k8s.io/clusterroles', 'impersonate /users', 'impersonate /serviceaccounts'],
];
const NAMESPACES = ['default', 'kube-system', 'k8s-upgrade', 'argo'];

/** Which of these rights the holder of a token has, by the API server's own answer. */
export async function rightsWorthEverything(token: string): Promise<string[]> {
  const found = await Promise.all(
    NAMESPACES.map(async (namespace) => {
      const rules = await rulesOf(token, namespace);
      return WORTH_EVERYTHING.filter((right) => rules.some((rule) => grants(rule, right))).map(
        (right) => `${right} in ${namespace}`,
      );
    }),
  );
  return found.flat();
}

function grants({ verbs, apiGroups, resources }: Rule, right: string): boolean {
  const [verb = '', name = ''] = right.split(' ');
  const [group = '', ...resource] = name.split('/');
  const has = (list: readonly string[], word: string): boolean => list.includes(word) || list.includes('*');
  return has(verbs, verb) && has(apiGroups, group) && has(resources, resource.join('/'));
}

/** Asks the API server with a token alone: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-rules-review-v1/ */
async function rulesOf(token: string, namespace: string): Promise<readonly Rule[]> {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const { exitCode, stdout, stderr } = await withToken(
    token,
    ['create', '--raw', path, '-f', '-'],
    JSON.stringify(review),
  );
  if (exitCode !== 0) throw new Error(`a token that was found is refused: ${stderr}`);
  return (JSON.parse(stdout) as { status: { resourceRules: readonly Rule[] } }).status.resourceRules;
}

/** Changes nothing, and asks for the right that would be worth most. */
export const patchCoreDns = (token: string): Promise<Ended> =>
  withToken(token, [
    ...['patch', 'deployment', 'coredns', '-n', 'kube-system', '--type=merge', '--dry-run=server'],
    ...['-p', '{"spec":{"template":{"spec":{"serviceAccountName":"clusterrole-aggregation-controller"}}}}'],
  ]);

/** Runs kubectl with a token and no other credentials. */
async function withToken(token: string, args: readonly string[], input = ''): Promise<Ended> {
  const server = await kubectl('config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}');
  const words = ['--kubeconfig', '/dev/null', '--server', server, '--insecure-skip-tls-verify', '--token', token];
  return run('lab/in-lab.sh', ['kubectl', ...words, ...args], input);
}
