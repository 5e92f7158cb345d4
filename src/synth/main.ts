// The program that the cdk8s command starts (cdk8s.yaml): the same as `npm run synth`.
import { synth } from './command.ts';

process.exitCode = synth(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
