import { kubectl, must, onNode } from '../../../kit/commands.ts';
import { said, type CampaignRecord } from '../../../kit/record.ts';
import { componentImages, leaseState, nodeLines } from '../../../kit/nodes.ts';
import { timeline } from '../../../kit/timeline.ts';
import { readyNodes } from '../night.ts';
import { endOf, logsOf, messageOf, startNight, whenEnded } from '../../../kit/runs.ts';
import { applySettings } from '../settings.ts';
import { A, B } from '../versions.ts';
import { ATTACHED, BARE, ON_W1 } from './drains.ts';
import { PATCHES, patchesOn } from './undone-quirks.ts';
import { AT_NODE } from './etcd.ts';
import { replaceSigningKey, servedKey } from './keys.ts';
import { deb822Only, failingHook, KEY } from './package-quirks.ts';
import { SOURCES } from './packages.ts';
import type { Scenario } from './quirk.ts';

const LIMIT_SECONDS = 1500;
const NODES = ['cp1', 'w1', 'w2'] as const;

/** A run in Argo upgrades a cluster of which every node has quirks that stop nothing. */
export const upgradedAllTheSame: Scenario = async (record) => {
  const hooks = NODES.map((node) => failingHook(node, 'APT::Update::Post-Invoke-Success'));
  const quirks = [...NODES.map((node) => deb822Only(node, SOURCES)), ...hooks, ...ON_W1, ...NODES.map(patchesOn)];
  for (const { what, make } of quirks) {
    record.note(`- ${what}`);
    await make();
  }
  record.note('- the repository is signed by another key than that of the nodes');
  await replaceSigningKey([A, B]);
  record.note('- etcd on cp1 serves its metrics at the address of the node alone, at two ports');
  const packages = { repository: 'http://10.210.0.1:8080/core:/stable:', sourceFile: SOURCES };
  await applySettings({ packages, kubeadm: { patches: PATCHES } });
  const name = await startNight();
  const ended = await whenEnded(name, LIMIT_SECONDS);
  record.check('a run with these quirks in place ends', 'Succeeded, upgraded', endOf(ended));
  record.check('… the nodes', await readyNodes(B), await nodeLines());
  const images = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((each) => `${each}:v${B}`);
  record.check('… the control plane runs the patch', images.join(', '), await componentImages());
  const replaced = 'Warning: the key on cp1 does not verify its Kubernetes repository';
  record.check('… detect says', ...said(await logsOf(name, 'detect'), replaced));
  const rehearsed = await logsOf(name, 'rehearse');
  for (const sentence of [BARE, ATTACHED]) record.check('… rehearse says', ...said(rehearsed, sentence));
  const daemon = await kubectl('get', 'pods', '-n', 'default', '-o', 'jsonpath={.items[*].metadata.name}');
  record.check('… pods of the namespace default', 'foreign-daemon', daemon);
  for (const line of timeline(ended)) record.note(`  ${line}`);
  for (const line of messageOf(ended).split('\n')) record.note(`  ${line}`);
  for (const { undo } of [...hooks, ...ON_W1]) await undo();
  await checkApt(record);
};

/** The job has written the deb822 file and the new key, and apt is well afterwards. */
async function checkApt(record: CampaignRecord): Promise<void> {
  const key = await servedKey();
  for (const node of NODES) {
    const files = await onNode(node, 'ls /etc/apt/sources.list.d');
    record.check(`… source files of ${node}`, 'kubernetes.sources', files.split('\n').join(' '));
    const isServed = (await must('lab/on-node.sh', [node, 'cat', KEY])) === key;
    record.check(`… the key of ${node}`, 'that of the repository', isServed ? 'that of the repository' : 'another');
    const update = 'apt-get -qq -o APT::Update::Error-Mode=any update 2>&1 && echo works';
    record.check(`… apt-get update on ${node}`, 'works', await onNode(node, `${update} || true`));
    const held = await onNode(node, 'apt-mark showhold | tr "\\n" " "');
    record.check(`… held on ${node}`, 'kubeadm kubectl kubelet', held);
  }
  const scheduler = await onNode('cp1', 'grep "cpu:" /etc/kubernetes/manifests/kube-scheduler.yaml');
  record.check('… the scheduler has what the patch says', 'cpu: 150m', scheduler.trim());
  const metrics = await onNode('cp1', "grep -o 'listen-metrics-urls=.*' /etc/kubernetes/manifests/etcd.yaml");
  record.check('… etcd on cp1 keeps', `listen-metrics-urls=${AT_NODE}`, metrics);
  record.check('… the Lease', 'free', await leaseState());
}
