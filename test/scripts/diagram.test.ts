import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { toMermaid } from '../../scripts/diagram/mermaid.ts';
import { workflowTemplates, type Template, type WorkflowTemplate } from '../../scripts/diagram/workflow.ts';
import { roomOf, toRoomDiagram, withRoomDiagram } from '../../scripts/diagram/rooms.ts';
import { diagrams } from '../../scripts/diagram.ts';
import { publish } from '../../scripts/generated.ts';

const root = resolve(import.meta.dirname, '../..');
const workflow = (...templates: Template[]): WorkflowTemplate => ({
  kind: 'WorkflowTemplate',
  metadata: { name: 'x' },
  spec: { entrypoint: 'main', onExit: 'bye', templates },
});

describe('the diagrams', () => {
  it('are those of the manifests in dist/', () => {
    expect(publish(root, diagrams(root), { check: true }).says).to.match(/^\d+ pages are current$/);
  });

  it('draw every WorkflowTemplate of dist/, and every task in it', () => {
    const all = workflowTemplates('dist');
    expect(all.map(({ metadata }) => metadata.name)).to.include.members(['k8s-upgrade', 'k8s-upgrade-node']);
    for (const each of all) {
      const drawing = toMermaid(each);
      for (const task of each.spec.templates.flatMap(({ dag, steps }) => dag?.tasks ?? steps?.flat() ?? []))
        expect(drawing, `${each.metadata.name}: ${task.name}`).to.match(new RegExp(`"${task.name}\\b`));
    }
  });

  it('are whole: every arrow joins two things that are there, each has an id of its own, every box is closed', () => {
    for (const each of workflowTemplates('dist')) {
      const lines = toMermaid(each)
        .split('\n')
        .map((line) => line.trim());
      const ids = lines.flatMap((line) => /^(?:subgraph )?(\w+) ?[[(]/.exec(line)?.[1] ?? []);
      const ends = lines.flatMap((line) => /^(\w+) -\.?->(?:\|"[^"]*"\|)? (\w+)$/.exec(line)?.slice(1) ?? []);
      expect(new Set(ids).size).to.equal(ids.length);
      expect(ends.filter((id) => !ids.includes(id))).to.deep.equal([]);
      // Only the doctor is one step and sends no notification.
      expect(ends.length > 0, each.metadata.name).to.equal(each.metadata.name !== 'k8s-upgrade-doctor');
      const count = (start: string): number => lines.filter((line) => line.startsWith(start)).length;
      expect(count('subgraph ')).to.equal(lines.filter((line) => line === 'end').length);
    }
  });

  it('read tasks, conditions, loops, groups of steps, other templates and people from a manifest', () => {
    const drawing = toMermaid(
      workflow(
        {
          name: 'main',
          dag: {
            tasks: [
              { name: 'look', template: 'look', when: "'{{workflow.parameters.how}}' == 'x'" },
              { name: 'ask', template: 'ask', dependencies: ['look'] },
              { name: 'else', template: 'look', depends: 'look.Failed || ask' },
              {
                ...{ name: 'each', template: 'group', withParam: '{{tasks.look.outputs.parameters.nodes}}' },
                ...{ depends: 'ask.Succeeded', when: '{{tasks.ask.outputs.parameters.word}} == "yes"' },
              },
              { name: 'again', template: 'group', depends: 'each.Succeeded' },
              { name: 'far', templateRef: { name: 'other', template: 'do' } },
            ],
          },
        },
        {
          name: 'group',
          parallelism: 2,
          steps: [[{ name: 'a', template: 'look' }], [{ name: 'b', template: 'look' }]],
        },
        { name: 'ask', suspend: {} },
        { name: 'look' },
        { name: 'bye' },
      ),
    );
    expect(drawing).to.equal(`flowchart TD
  subgraph run ["the run"]
    t_look["look, if how is x"]
    t_ask["ask: waits for a person"]
    t_else["else (look)"]
    subgraph t_each ["each, for each of nodes, 2 at a time"]
      t_each_a["a (look)"]
      t_each_b["b (look)"]
      t_each_a --> t_each_b
    end
    t_again[["again, 2 at a time: as above"]]
    t_far[/"far: other/do"/]
    t_look --> t_ask
    t_look -->|"failed"| t_else
    t_ask --> t_else
    t_ask -->|"if word is #quot;yes#quot;"| t_each
    t_each --> t_again
  end
  exit(["bye"])
  run -.->|"on every way out"| exit
`);
  });

  it('are what the README shows the short form of: every step of a run is in both', () => {
    const readme = /```mermaid\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
    const [run] = workflowTemplates('dist').filter(({ metadata }) => metadata.name === 'k8s-upgrade');
    const containers = (run?.spec.templates ?? [])
      .filter((template) => 'container' in template)
      .map(({ name }) => name);
    const steps = containers.map((name) => name.replace(/-(single-control-plane|control-plane|worker)$/, ''));
    expect(steps).to.not.be.empty;
    expect(steps.filter((step) => !new RegExp(`\\b${step}\\b`).test(readme))).to.deep.equal([]);
  });
});

describe('the diagram of the rooms', () => {
  it('has an arrow for each import between rooms that no other arrow implies', () => {
    const imports = new Map([
      ['a', ['b', 'c']],
      ['b', ['c']],
      ['c', []],
    ]);
    expect(toRoomDiagram(imports)).to.equal(
      ['flowchart TD', '  a["a"]', '  b["b"]', '  c["c"]', '  a --> b', '  b --> c', ''].join('\n'),
    );
  });

  it('knows the room of every file of src', () => {
    expect(
      ['text/inert.ts', 'steps/catalog.ts', 'steps/ports/chat.ts', 'steps/drain/contract.ts', 'steps/drain/act.ts'].map(
        roomOf,
      ),
    ).to.deep.equal(['text', 'steps/catalog.ts', 'steps/ports', 'steps/<step>/contract.ts', 'steps/<step>']);
  });

  it('goes between the markers of the page, and nowhere else', () => {
    expect(() => withRoomDiagram('no markers', 'src')).to.throw('docs/architecture.md needs <!-- rooms');
    const page = readFileSync('docs/architecture.md', 'utf8');
    expect(withRoomDiagram(page, 'src')).to.equal(page);
  });
});
