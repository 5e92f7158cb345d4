import { expect } from 'chai';
import { EXIT, KILLED, RETRIED_EXIT_CODES } from '../../src/contract/exit-code.ts';
import { packageInputs, runContext, sshInputs } from '../../src/contract/run-context.ts';
import { envName, outputPath, type Params } from '../../src/contract/step-contract.ts';
import { STEPS } from '../../src/steps/catalog.ts';

describe('names across the process boundary', () => {
  const NAMES: readonly [string, string][] = [
    ['target', 'TARGET'],
    ['gracePeriodSeconds', 'GRACE_PERIOD_SECONDS'],
    ['deleteEmptyDirData', 'DELETE_EMPTY_DIR_DATA'],
    ['runUid', 'RUN_UID'],
  ];
  for (const [param, variable] of NAMES)
    it(`${param} travels as ${variable}`, () => {
      expect(envName(param)).to.equal(variable);
    });

  it('an output is a file below /tmp/outputs, or wherever the caller says', () => {
    expect(outputPath('verdict')).to.equal('/tmp/outputs/verdict');
    expect(outputPath('verdict', '/elsewhere')).to.equal('/elsewhere/verdict');
  });
});

describe('the exit codes', () => {
  const codes = [...Object.values(EXIT), ...Object.values(KILLED)];

  it('are these, since Argo and the runbook know them by number', () => {
    expect(EXIT).to.deep.equal({ Done: 0, BadInput: 2, Bug: 70, TryAgain: 75, Refused: 77, Halted: 78 });
    expect(KILLED).to.deep.equal({ sigkill: 137, sigterm: 143 });
  });

  it("leave 64 and 65 to Argo's executor, and 1 to programs that crash", () => {
    expect(codes).to.not.include.members([64]).and.to.not.include.members([65]).and.to.not.include.members([1]);
    expect(new Set(codes).size).to.equal(codes.length);
  });

  it('are retried only where time may help: never a refusal, a bug or bad input', () => {
    expect(RETRIED_EXIT_CODES).to.deep.equal([75, 137, 143]);
  });
});

const DNS_LABEL = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const CAMEL = /^[a-z][A-Za-z0-9]*$/;

function paramProblems(params: Params): string[] {
  return Object.entries(params).flatMap(([name, param]) => {
    const problems: string[] = [];
    if (!CAMEL.test(name)) problems.push(`${name}: not in camelCase`);
    if (!/^\S.*[.]$/.test(param.doc)) problems.push(`${name}: its doc is no sentence`);
    if (param.choices !== undefined && !param.choices.includes(param.example)) problems.push(`${name}: no such choice`);
    try {
      if (param.format(param.parse(param.example)) !== param.example)
        problems.push(`${name}: its example is not its own`);
    } catch (error) {
      problems.push(`${name}: its example does not parse: ${String(error)}`);
    }
    return problems;
  });
}

describe('the catalog', () => {
  it('names every step once, in a form that Kubernetes takes', () => {
    const names = STEPS.map(({ name }) => name);
    expect(names).to.deep.equal([...new Set(names)]);
    // With our prefix it is the name of a ServiceAccount.
    for (const name of names) expect(`k8s-upgrade-${name}`).to.match(DNS_LABEL);
  });

  for (const step of STEPS)
    describe(step.name, () => {
      it('says in a sentence what it does', () => {
        expect(step.summary).to.match(/^[A-Z].*\.$/);
      });

      it('says of every input and output what it is, with an example that is read and written back', () => {
        expect([...paramProblems(step.inputs), ...paramProblems(step.outputs)]).to.deep.equal([]);
      });

      it('has no input that every step is told anyway, and none that share a variable', () => {
        const variables = [...Object.keys(runContext), ...Object.keys(step.inputs)].map(envName);
        expect(new Set(variables).size).to.equal(variables.length);
      });

      it('counts only inputs into its deadline that are there and are seconds', () => {
        const plus = step.deadline.plus ?? [];
        expect(Object.keys(step.inputs)).to.include.members([...plus]);
        expect(plus.filter((name) => !name.endsWith('Seconds'))).to.deep.equal([]);
        expect(step.deadline.seconds).to.be.greaterThan(0);
      });

      it('asks for SSH inputs exactly when it logs in', () => {
        const asked = Object.keys(sshInputs).filter((name) => name in step.inputs);
        // It only compares keys.
        const logsIn = step.ssh && step.name !== 'switch-ssh-key';
        expect(asked).to.have.length(logsIn ? Object.keys(sshInputs).length : 0);
      });

      it('spells its access in words of RBAC, with no names where RBAC knows none', () => {
        for (const { resources, verbs, names } of step.access) {
          expect(resources).to.not.be.empty;
          expect(verbs).to.not.be.empty.and.to.not.include('*');
          if (names !== undefined) expect(verbs).to.not.include('create').and.to.not.include('list');
        }
      });

      it('fences every change: who may patch or evict may read the Lease', () => {
        const changes = step.access.some(
          ({ resources, verbs }) =>
            (verbs.includes('patch') && !resources.includes('configmaps')) || resources.includes('pods/eviction'),
        );
        const readsLease = step.access.some(
          ({ resources, verbs }) => resources.includes('leases') && verbs.includes('get'),
        );
        expect(readsLease || !changes).to.equal(true);
      });
    });

  it('shares contexts that are described as well', () => {
    expect(paramProblems({ ...runContext, ...sshInputs, ...packageInputs })).to.deep.equal([]);
  });
});
