import { argo, kubectl, run } from './commands.ts';

/** What is under test, as the parts themselves say it. */
export async function versions(): Promise<string[]> {
  const columns =
    '-o=custom-columns=:.metadata.name,:.status.nodeInfo.kubeletVersion,:.status.nodeInfo.containerRuntimeVersion,:.status.nodeInfo.osImage';
  const nodes = await kubectl('get', 'nodes', columns, '--no-headers');
  const client = (await argo('version', '--short')).split('\n').at(0) ?? '';
  return [`Argo Workflows: ${client}`, ...nodes.split('\n').map((line) => `node ${line.replace(/\s+/g, ' ')}`)];
}

/** What a person would ask for first when it went wrong. */
export async function diagnose(): Promise<void> {
  const questions = [
    ['get', 'nodes,workflows', '-A', '-o', 'wide'],
    ['get', 'pods', '-A', '-o', 'wide'],
    ['get', 'events', '-n', 'k8s-upgrade', '--sort-by=.lastTimestamp'],
  ];
  for (const question of questions) {
    const { stdout, stderr } = await run('lab/in-lab.sh', ['kubectl', ...question]);
    process.stdout.write(`${stdout}${stderr}\n`);
  }
}
