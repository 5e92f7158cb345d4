import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { rightsOf, withServiceAccounts } from '../../scripts/docs/service-accounts.ts';
import { RIGHTS } from '../../scripts/docs/security/worth.ts';
import { STEPS } from '../../src/steps/catalog.ts';

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
const MARKERS = '<!-- service-accounts: written by npm run docs -->\n<!-- service-accounts: end -->';

describe('what each ServiceAccount is worth', () => {
  it('is said of each of them', () => {
    for (const { name } of STEPS.filter(({ backup }) => backup !== true)) expect(page).to.include(`\n| \`${name}\` | `);
  });

  it('is weighed for every right of every step, and for no other', () => {
    const used = new Set(STEPS.flatMap(rightsOf));
    expect(RIGHTS.filter((right) => !used.has(right)).map(({ right }) => right)).to.deep.equal([]);
  });

  it('stops whoever adds a right that nobody has weighed', () => {
    const weighed = (rule: object) => () => rightsOf({ access: [rule as never] });
    const rule = { apiGroup: '', resources: ['pods/exec'], verbs: ['create'], scope: 'cluster' };
    const says = 'scripts/docs/security/worth.ts does not say what this right is worth:';
    expect(weighed(rule)).to.throw(`${says} create pods/exec, cluster`);
    const named = {
      apiGroup: '',
      resources: ['configmaps'],
      verbs: ['patch'],
      names: ['coredns'],
      scope: 'kube-system',
    };
    expect(weighed(named)).to.throw(`${says} patch configmaps, coredns, kube-system`);
    const anyName = { apiGroup: 'apps', resources: ['daemonsets'], verbs: ['patch'], scope: 'cluster' };
    expect(weighed(anyName)).to.throw(`${says} patch daemonsets.apps, cluster`);
    const path = { access: [], paths: [{ paths: ['/debug/pprof'], verbs: ['get'] }] };
    expect(() => rightsOf(path)).to.throw(`${says} get /debug/pprof`);
  });

  it('is the worst that any of its rights is worth', () => {
    const worthOf = (step: string): string => new RegExp(`\\n\\| \`${step}\` \\| ([^|]+) \\|`).exec(page)?.[1] ?? '';
    expect(['drain', 'verify-node', 'plan'].map(worthOf)).to.deep.equal([
      'root on every node',
      'root on every node',
      'a misled run',
    ]);
  });

  it('counts a label of a Node, by which the pods with the SSH key come to it, as root', () => {
    expect(page).to.match(/\n\| `patch nodes` \| root on every node \| [^|]*`runners.withSshKey`/);
  });

  it('stands between two markers, and nothing else of the page is touched', () => {
    const written = withServiceAccounts(`before\n${MARKERS}\nafter`);
    expect(written).to.match(/^before\n<!-- [^\n]*\n\n\| `k8s-upgrade-…` \|[^]*<!-- service-accounts: end -->\nafter$/);
    expect(() => withServiceAccounts('no markers')).to.throw('docs/security.md has no lines');
  });
});

describe('the security model', () => {
  it('calls the right to create Jobs worth root, in either mode', () => {
    expect(page).to.match(/\n\| `create jobs\.batch` \| root on every node \|/);
    expect(page).to.include('This holds for both modes of `snapshot.mode`');
  });

  it('names the changes that come before the Lease', () => {
    expect(page).to.match(
      /A Lease fences every change from `begin` on[^]{0,400}`apt-get update`[^]{0,200}`preflight\.keepBackupsDays`/,
    );
  });
});
