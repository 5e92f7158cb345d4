import { expect } from 'chai';
import { leftBehindBy } from '../../../src/steps/begin/act.ts';
import { ME, OTHER } from '../../support/builders.ts';

const PREFIX = 'argo-kubeadm-upgrade.io/';

describe('begin, on what an earlier run left behind', () => {
  const TABLE: readonly [string, Readonly<Record<string, string>>, string | undefined][] = [
    ['the mark of a run that did not get to say its end', { [`${PREFIX}in-flight`]: OTHER.name }, OTHER.name],
    ['its own mark, as it begins a second time', { [`${PREFIX}in-flight`]: ME.name }, undefined],
    ['no mark', {}, undefined],
    ['the mark of somebody with another prefix', { 'upgrades.example.com/in-flight': OTHER.name }, undefined],
  ];
  for (const [what, annotations, expected] of TABLE)
    it(`finds ${expected ?? 'nobody'} by ${what}, and says so in its log`, async () => {
      const lines: string[] = [];
      const reads = { runMarks: () => Promise.resolve(annotations) };
      expect(await leftBehindBy({ cluster: reads, log: (line) => lines.push(line) }, PREFIX, ME)).to.equal(expected);
      expect(lines).to.deep.equal(
        expected === undefined
          ? []
          : [`It resumes the upgrade that ${expected} did not finish, and replaces the marks of that run.`],
      );
    });
});
