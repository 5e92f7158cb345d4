import type { FieldFault } from './fault.ts';
import { FURTHER } from './further.ts';
import { RARE } from './rare.ts';
import { SEVERE } from './severe.ts';
import { WASTED } from './wasted.ts';

export const FIELD_FAULTS: readonly FieldFault[] = [...SEVERE, ...WASTED, ...RARE, ...FURTHER];
