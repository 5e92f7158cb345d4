import { expect } from 'chai';
import { kubeVersion, oneOf, optional, seconds, text } from '../../src/contract/param.ts';
import { defineStep } from '../../src/contract/step-contract.ts';
import { after, call, dag, outputOf } from '../../src/synth/argo/dag.ts';
import { oneByOne, step, steps } from '../../src/synth/argo/steps.ts';
import { equals, itemField, present, Ref, workflowParameter } from '../../src/synth/argo/ref.ts';
import { stepTemplate } from '../../src/synth/step-template.ts';
import { MINIMAL, settingsOf } from './support/render.ts';

const about = { doc: 'Something.', example: 'x' };
const ask = defineStep({
  name: 'ask',
  summary: 'Asks.',
  inputs: { node: text(about), target: kubeVersion(about), patienceSeconds: seconds(about) },
  outputs: { verdict: oneOf(['go', 'stay'], about), newest: optional(kubeVersion(about)) },
  access: [],
  ssh: false,
  deadline: { seconds: 60, plus: ['patienceSeconds'] },
});
const settings = settingsOf(MINIMAL);
const options = { settings };
const target = new Ref<{ major: number; minor: number; patch: number }>('inputs.parameters.target');

describe('wiring', () => {
  const asking = stepTemplate(ask, { ...options, fixed: { patienceSeconds: 30 } });

  it('gives a call the inputs that are still open, in the order of the contract', () => {
    const { task } = call('ask-one', asking, { node: 'worker-1', target }, { depends: 'begin.Succeeded' });
    expect(task).to.deep.equal({
      name: 'ask-one',
      template: 'ask',
      depends: 'begin.Succeeded',
      arguments: {
        parameters: [
          { name: 'node', value: 'worker-1' },
          { name: 'target', value: '{{inputs.parameters.target}}' },
        ],
      },
    });
  });

  it('writes a value that is known the way the step reads it', () => {
    const { task } = call('ask', asking, { node: itemField('name'), target: { major: 1, minor: 34, patch: 10 } });
    expect(task.arguments?.parameters.map(({ value }) => value)).to.deep.equal(['{{item.name}}', '1.34.10']);
  });

  it('names an output by the task that has it', () => {
    const asked = call('ask-one', asking, { node: 'a', target });
    expect(outputOf(asked, 'verdict').toString()).to.equal('{{tasks.ask-one.outputs.parameters.verdict}}');
    expect(equals(outputOf(asked, 'verdict'), 'go')).to.equal("'{{tasks.ask-one.outputs.parameters.verdict}}' == 'go'");
  });

  it('waits for success in so many words', () => {
    const [a, b] = ['a', 'b'].map((name) => call(name, asking, { node: name, target }));
    expect(after(...[a, b].filter((each) => each !== undefined))).to.equal('a.Succeeded && b.Succeeded');
  });

  it('counts fixed waits into the deadline and refuses one that it cannot know', () => {
    expect(asking.template.activeDeadlineSeconds).to.equal(90);
    expect(() => stepTemplate(ask, { ...options, fixed: {} })).to.throw(
      'ask: its deadline counts patienceSeconds, which is not fixed',
    );
    expect(() => stepTemplate(ask, { ...options, fixed: { patienceSeconds: workflowParameter('patience') } })).to.throw(
      'not fixed',
    );
  });
});

/** Never called: that it compiles, with every mistake marked, is the test. */
export function mistakes(): unknown[] {
  const asking = stepTemplate(ask, { ...options, fixed: { patienceSeconds: 30 } });
  const asked = call('ask', asking, { node: 'a', target });
  const newest = outputOf(asked, 'newest');
  return [
    // @ts-expect-error an input is missing
    call('ask', asking, { node: 'a' }),
    // @ts-expect-error an input that the step has not
    call('ask', asking, { node: 'a', target, host: 'b' }),
    // @ts-expect-error an input that is fixed already
    call('ask', asking, { node: 'a', target, patienceSeconds: 5 }),
    // @ts-expect-error a text where a version belongs
    call('ask', asking, { node: 'a', target: '1.34.10' }),
    // @ts-expect-error a reference to a verdict where a version belongs
    call('ask', asking, { node: 'a', target: outputOf(asked, 'verdict') }),
    // @ts-expect-error a version that may be absent where one is needed
    call('ask', asking, { node: 'a', target: newest }),
    call('ask', asking, { node: 'a', target: present(newest) }),
    // @ts-expect-error a number for a name
    call('ask', asking, { node: 5, target }),
    // @ts-expect-error a fan-out over something that is no list
    oneByOne({ name: 'd', inputs: {}, calls: asking, over: () => ({ list: newest, args: { node: 'a', target } }) }),
    // @ts-expect-error a step among the tasks of a dag
    dag({ name: 'd', inputs: {}, tasks: () => [step('ask', asking, { node: 'a', target })] }),
    // @ts-expect-error a task of a dag among steps
    steps({ name: 'd', inputs: {}, groups: () => [[call('ask', asking, { node: 'a', target })]] }),
    // @ts-expect-error a way of control that Argo has not
    call('ask', asking, { node: 'a', target }, { dependsOn: 'begin' }),
    // @ts-expect-error an output that is misspelt
    outputOf(asked, 'verdit'),
    // @ts-expect-error an input is no output
    outputOf(asked, 'node'),
    // @ts-expect-error a verdict that the step never gives
    equals(outputOf(asked, 'verdict'), 'gone'),
    // @ts-expect-error a version is not compared as text
    equals(newest, '1.34.10'),
    // @ts-expect-error a fixed input of the wrong type
    stepTemplate(ask, { ...options, fixed: { patienceSeconds: '30' } }),
    // @ts-expect-error a fixed input that the step has not
    stepTemplate(ask, { ...options, fixed: { patienceSeconds: 30, patience: 30 } }),
    // @ts-expect-error a deadline that counts an input that the step has not
    defineStep({ ...ask, deadline: { seconds: 60, plus: ['patience'] } }),
    dag({
      name: 'd',
      inputs: { node: text(about) },
      tasks: (inputs) => {
        // @ts-expect-error an input that the dag has not
        'host' satisfies keyof typeof inputs;
        // @ts-expect-error an input of the dag of the wrong type
        return [call('ask', asking, { node: 'a', target: inputs.node })];
      },
    }),
    // @ts-expect-error a dag has no outputs
    outputOf(call('d', dag({ name: 'd', inputs: {}, tasks: () => [] }), {}), 'verdict'),
  ];
}
