import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { REPO } from '../../kit/commands.ts';
import { check, checkSays } from '../../kit/record.ts';
import { endOf, whenEnded } from '../../kit/runs.ts';
import { CLUSTER, NEXT } from './cluster.ts';
import { documented, endOfSubmitted, submitted } from './documented.ts';

/** The key of the nodes as a reader gets it back, from the repository. */
const FOLDER = 'build/operate/key';

/** Plan and single steps from a workstation, with a minor that needs approval. */
export async function asking(): Promise<void> {
  rmSync(join(REPO, FOLDER), { recursive: true, force: true });
  const place = { '<folder>': FOLDER };
  await documented('mkdir -m 700 <folder>', place);
  await documented(
    "kubectl -n k8s-upgrade get secret k8s-upgrade-creds -o jsonpath='{.data.ssh_key}' | base64 -d | install -m 600 /dev/stdin <folder>/ssh_key",
    place,
  );
  const held = { exitCodes: [11] };
  const key = { ...CLUSTER, './id_ed25519': `${FOLDER}/ssh_key` };
  await documented('npm run plan -- --cluster <name> --ssh-key ./id_ed25519', key, held);
  const file = { ...CLUSTER, '<file>': `${FOLDER}/ssh_key` };
  await documented('npm run plan -- --cluster <name> --ssh-key <file>', file, held);
  const target = { ...CLUSTER, '1.35.8': NEXT };
  // Without the key, `plan` does not read the nodes. What is not known there may block.
  await documented('npm run plan -- --cluster <name> --target 1.35.8 --json', target, { exitCodes: [0, 10] });

  const keys = { ...CLUSTER, ...place };
  const gate = await documented('npm run step -- gate --cluster <name> --target 1.35.8 --ssh-key-dir <folder>', {
    ...keys,
    '1.35.8': NEXT,
  });
  checkSays('… the verdict', gate.stdout, 'gateVerdict: clear');
  await documented('npm run step -- preflight --cluster <name> --target 1.34.10 --ssh-key-dir <folder>', keys);
  await documented('npm run step -- preflight --cluster <name> --target <version> --ssh-key-dir <folder>', {
    ...keys,
    '<version>': NEXT,
  });
  const detected = await documented('npm run step -- detect --cluster <name> --ssh-key-dir <folder>', keys);
  checkSays('… what would be chosen', detected.stdout, NEXT);
  const inventory = { ...CLUSTER, '<version>': NEXT };
  await documented('npm run step -- inventory --cluster <name> --target <version>', inventory);
}

/** An addon blocks a requested target. Executes the commands on the pages about a blocked run. */
export async function blocked(): Promise<void> {
  const example = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade -p target=1.34.10';
  const run = await submitted(example);
  check('with an addon that is not ready: the run ends', 'Succeeded, blocked', endOf(await whenEnded(run, 600)));
  await documented("argo logs -n k8s-upgrade <run> | grep '^.*\\[actionable:\\|\\[unknown:'", { '<run>': run });
  const gate = await documented('npm run step -- gate --cluster <name> --target <version> --ssh-key-dir <folder>', {
    ...CLUSTER,
    '<version>': NEXT,
    '<folder>': FOLDER,
  });
  checkSays('… the verdict', gate.stdout, 'gateVerdict: blocked');
  const command = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade -p target=<version>';
  const again = await endOfSubmitted(command, { '<version>': NEXT }, 600);
  check('… the next one ends', 'Succeeded, blocked', endOf(again));
}
