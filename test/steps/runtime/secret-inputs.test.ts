import { expect } from 'chai';
import { runContext } from '../../../src/contract/run-context.ts';
import { envName } from '../../../src/contract/step-contract.ts';
import { STEPS } from '../../../src/steps/catalog.ts';
import { readInputs } from '../../../src/steps/runtime/inputs.ts';
import { describe as tell, retryTransient } from '../../../src/steps/runtime/retry.ts';
import { refused, StepError } from '../../../src/steps/runtime/step-error.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

const SECRETS = [
  'https://hooks.slack.com/services/T000/B000/sWordfish',
  'http://user:sWordfish@proxy.example.com:3128/',
  'https://prometheus.example.com/?token=sWordfish',
  'user:sWordfish@registry.example.com/x',
  '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktsWordfish\n-----END OPENSSH PRIVATE KEY-----\n',
  'kJ8sWordfish2mN4pQ6rS9tU',
  '[{"name":"https://user:sWordfish@x"}]',
];

describe('a secret in an input of a step', () => {
  for (const { name, inputs } of STEPS)
    it(`is not said by ${name}, whichever input it is`, () => {
      const params = { ...runContext, ...inputs };
      for (const secret of SECRETS) {
        const env = Object.fromEntries(Object.keys(params).map((input) => [envName(input), secret]));
        expect(() => readInputs(params, env))
          .to.throw(StepError)
          .with.property('message')
          .that.does.not.match(/sWordfish|b3Blb/);
      }
    });

  it('is not said by an error that quotes an address, nor by its causes', async () => {
    const url = 'http://user:sWordfish@prometheus:9090/x?token=sWordfish';
    const cause = new TypeError(`Failed to parse URL from ${url}`, { cause: new Error(`Invalid URL: ${url}`) });
    expect(tell(cause)).to.equal(
      'Failed to parse URL from http://[secret]@prometheus:9090/x?[secret]: Invalid URL: http://[secret]@prometheus:9090/x?[secret]',
    );
    expect(refused(`could not ask ${url}`).message).to.equal(
      'could not ask http://[secret]@prometheus:9090/x?[secret]',
    );
    const said: string[] = [];
    const log = (line: string): void => void said.push(line);
    const asking = retryTransient(`ask ${url}`, () => Promise.reject(cause), { clock: new FakeClock(), log });
    await asking.catch((error: unknown) => said.push(String(error)));
    expect(said.join('\n')).to.include('[secret]').and.not.include('sWordfish');
  });
});
