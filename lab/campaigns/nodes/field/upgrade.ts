import { REPOSITORY } from '../../../kit/cluster.ts';
import { kubectl, must, onNode } from '../../../kit/commands.ts';
import { leaseState } from '../../../kit/namespace.ts';
import { componentImages, controlPlane, NODES } from '../../../kit/nodes.ts';
import { logsOf } from '../../../kit/pods.ts';
import { check, checkSays, note } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { checkUpgraded, noteMessage, noteTimeline, startNight, whenEnded } from '../../../kit/runs.ts';
import { applySettings, NEXT, RUNNING } from '../cluster.ts';
import { ATTACHED, BARE, ON_W1 } from './drains.ts';
import { AT_NODE } from './etcd.ts';
import { deb822Only, failingHook, KEY, replaceSigningKey, servedKey } from './package-quirks.ts';
import { SOURCES } from './packages.ts';
import { PATCHES, patchesOn } from './undone.ts';

const LIMIT_SECONDS = 1500;

/** A run in Argo upgrades a cluster of which every node has quirks that stop nothing. */
export const upgradedAllTheSame: Scenario = async () => {
  const hooks = NODES.map((node) => failingHook(node, 'APT::Update::Post-Invoke-Success'));
  const quirks = [...NODES.map((node) => deb822Only(node, SOURCES)), ...hooks, ...ON_W1, ...NODES.map(patchesOn)];
  for (const { what, make } of quirks) {
    note(`- ${what}`);
    await make();
  }
  note('- the repository is signed by another key than that of the nodes');
  await replaceSigningKey([RUNNING, NEXT]);
  note('- etcd on cp1 serves its metrics at the address of the node alone, at two ports');
  const packages = { repository: REPOSITORY, sourceFile: SOURCES };
  await applySettings({ packages, kubeadm: { patches: PATCHES } });
  const name = await startNight();
  const ended = await whenEnded(name, LIMIT_SECONDS);
  await checkUpgraded('a run with these quirks in place ends', ended, NEXT);
  check('… the control plane runs the patch', controlPlane(NEXT), await componentImages());
  const replaced = 'Warning: the key on cp1 does not verify its Kubernetes repository';
  checkSays('… detect says', await logsOf(name, 'detect'), replaced);
  const rehearsed = await logsOf(name, 'rehearse');
  for (const sentence of [BARE, ATTACHED]) checkSays('… rehearse says', rehearsed, sentence);
  const daemon = await kubectl('get', 'pods', '-n', 'default', '-o', 'jsonpath={.items[*].metadata.name}');
  check('… pods of the namespace default', 'foreign-daemon', daemon);
  noteTimeline(ended);
  noteMessage(ended);
  for (const { undo } of [...hooks, ...ON_W1]) await undo();
  await checkApt();
};

/** The job has written the deb822 file and the new key, and apt is well afterwards. */
async function checkApt(): Promise<void> {
  const key = await servedKey();
  for (const node of NODES) {
    const files = await onNode(node, 'ls /etc/apt/sources.list.d');
    check(`… source files of ${node}`, 'kubernetes.sources', files.split('\n').join(' '));
    const isServed = (await must('lab/on-node.sh', [node, 'cat', KEY])) === key;
    check(`… the key of ${node}`, 'that of the repository', isServed ? 'that of the repository' : 'another');
    const update = 'apt-get -qq -o APT::Update::Error-Mode=any update 2>&1 && echo works';
    check(`… apt-get update on ${node}`, 'works', await onNode(node, `${update} || true`));
    const held = await onNode(node, 'apt-mark showhold | tr "\\n" " "');
    check(`… held on ${node}`, 'kubeadm kubectl kubelet', held);
  }
  const scheduler = await onNode('cp1', 'grep "cpu:" /etc/kubernetes/manifests/kube-scheduler.yaml');
  check('… the scheduler has what the patch says', 'cpu: 150m', scheduler.trim());
  const metrics = await onNode('cp1', "grep -o 'listen-metrics-urls=.*' /etc/kubernetes/manifests/etcd.yaml");
  check('… etcd on cp1 keeps', `listen-metrics-urls=${AT_NODE}`, metrics);
  check('… the Lease', 'free', await leaseState());
}
