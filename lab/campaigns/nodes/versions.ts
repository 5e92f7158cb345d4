/** The version that workers run when a scenario begins, and the version that the control plane has already. */
export const [A, B] = ['1.34.9', '1.34.10'];
