import { connectDoctorPod } from '../wiring/doctor.ts';
import { runStep } from '../runtime/run-step.ts';
import { doctor } from './contract.ts';
import { decide, objection } from './decide.ts';
import { observe } from './observe.ts';

void runStep(
  doctor,
  async (inputs, tools) => {
    const checkup = decide(await observe(connectDoctorPod(inputs, tools), inputs), inputs);
    tools.log(checkup.doctorMessage);
    return checkup;
  },
  { refusal: objection },
);
