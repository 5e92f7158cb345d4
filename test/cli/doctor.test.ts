import { expect } from 'chai';
import { plain, type Paint } from '../../src/cli/paint.ts';
import { doctor, PROBLEMS_EXIT } from '../../src/cli/doctor.ts';
import { doctorText } from '../../src/cli/doctor/text.ts';
import { missing, well } from '../../src/steps/doctor/checkup-line.ts';
import { messageOf } from '../../src/steps/doctor/message.ts';

describe('npm run doctor', () => {
  const run = async (...args: string[]) => {
    const said = { out: '', err: '' };
    const streams = {
      out: (text: string) => void (said.out += text),
      err: (text: string) => void (said.err += text),
    };
    return { code: await doctor(args, {}, streams, new AbortController().signal), ...said };
  };

  it('documents its exit codes, and refuses what it does not know', async () => {
    expect((await run('--help')).out).to.include(`${PROBLEMS_EXIT} something is missing, or cannot be seen`);
    expect((await run()).code).to.equal(2);
    expect(await run('--cluster', 'example', '--x')).to.include({ code: 2, out: '' });
  });

  it('shows no character of the cluster that a terminal obeys', () => {
    const shown = doctorText([missing('\u001b[1mSSH', '\u001b[2J', '\u009b1m')], plain);
    expect(shown).to.match(/^✗ \uFFFD\[1mSSH: \uFFFD\[2J\n {4}\uFFFD1m\n/);
  });

  it('says what the step says, in colour', () => {
    const lines = [well('Pushgateway', 'answers'), missing('SSH to w1', 'user 1000, and not root', 'Use sudo.')];
    expect(doctorText(lines, plain)).to.equal(`${messageOf(lines)}\n`);
    const named: Paint = (style, text) => `<${String(style)}>${text}`;
    expect(doctorText(lines, named)).to.equal(
      '<green>✓ Pushgateway: answers\n<red>✗ SSH to w1: user 1000, and not root\n    Use sudo.\n\n<red>1 of 2 are not well.\n',
    );
  });
});
