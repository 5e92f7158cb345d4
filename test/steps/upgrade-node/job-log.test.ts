import { expect } from 'chai';
import fc from 'fast-check';
import { JobLog } from '../../../src/steps/upgrade-node/job-log.ts';

describe('the log of a job', () => {
  const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text));

  it('law: comes out in whole lines, once, however it comes in', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'ü', '€', '😀', ' ') });
    fc.assert(
      fc.property(fc.array(line), line, fc.integer({ min: 1, max: 9 }), (lines, rest, size) => {
        const whole = bytes([...lines.map((each) => `${each}\n`), rest].join(''));
        const [log, got] = [new JobLog(), [] as string[]];
        while (log.offset < whole.length) got.push(...log.add(whole.slice(log.offset, log.offset + size)));
        got.push(...log.end());
        expect(got).to.deep.equal(rest === '' ? lines : [...lines, rest]);
      }),
    );
  });

  it('tells which commands were begun, and what was warned of', () => {
    const log = new JobLog();
    log.add(bytes('== one\nWARNING: mind\n== two\nx == y\n== two ended with exit code 1\n'));
    expect([log.begun, log.warnings]).to.deep.equal([['one', 'two'], ['mind']]);
    log.add(bytes('== all done\n'));
    expect(log.begun).to.deep.equal(['one', 'two']);
  });

  it('shows of a progress bar where it ended', () => {
    expect(new JobLog().add(bytes('10%\r50%\r100%\r\nplain\r\n'))).to.deep.equal(['100%', 'plain']);
  });

  it('keeps no more than is needed', () => {
    const log = new JobLog();
    for (let number = 0; number < 1000; number++) log.add(bytes(`line ${number}\n`));
    expect([log.lines.length, log.lines.at(-1)]).to.deep.equal([300, 'line 999']);
  });
});
