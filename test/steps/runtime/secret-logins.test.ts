import { expect } from 'chai';
import { credentialsOf, loginsFrom } from '../../../src/steps/runtime/server-login.ts';
import { known, notKnown, type Reading } from '../../../src/upgrade/reading.ts';

type Keys = ReadonlyMap<string, string> | undefined;

describe('the logins of a checkup', () => {
  const headersAfter = async (reading: Reading<Keys>) => {
    const { secretReads, source } = loginsFrom({ secret: () => Promise.resolve(reading) }, ['prometheus=bearer']);
    expect(await secretReads.secret('k8s-upgrade-creds')).to.equal(reading);
    return {
      prometheus: () => credentialsOf('prometheus', source)().headers,
      pushgateway: () => credentialsOf('pushgateway', source)().headers,
    };
  };

  it('come from the Secret that it has read, for the servers that want one', async () => {
    const { prometheus, pushgateway } = await headersAfter(
      known(new Map([...['prometheus_login', 'pushgateway_login'].map((key) => [key, 't0ken'] as const)])),
    );
    expect(prometheus()).to.deep.equal({ authorization: 'Bearer t0ken' });
    expect(pushgateway()).to.deep.equal({});
  });

  it('are named when the Secret does not have them, or cannot be read', async () => {
    for (const reading of [known(new Map<string, string>()), known(undefined), notKnown('may not read it')]) {
      const { prometheus } = await headersAfter(reading);
      expect(prometheus).to.throw('prometheus_login cannot be read from the Secret: put the key there.');
    }
  });
});
