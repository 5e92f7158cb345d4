import { quoted } from '../../text/bounded.ts';

/** An admission policy or an admission webhook that denied a request. */
export interface AdmissionDenial {
  readonly by: 'ValidatingAdmissionPolicy' | 'MutatingAdmissionPolicy' | 'webhook';
  /** Name of the policy object, or the name of the webhook in its configuration. */
  readonly name: string;
}

/**
 * Why the API server forbids a request. `unknown`: an authorizer or an admission plugin whose text is not recognised.
 */
export type Forbidden =
  | { readonly kind: 'permission' }
  | { readonly kind: 'denied'; readonly denial: AdmissionDenial }
  | { readonly kind: 'plugin' }
  | { readonly kind: 'unknown' };

/** Maximum length of a quoted denial, in UTF-16 code units. A webhook or the author of a policy chooses the text. */
const MOST_CHARACTERS = 500;

/** Returns the text of a denial for a message: one line of limited length. */
export const quotedDenial = (message: string): string => quoted(message, MOST_CHARACTERS);

const POLICY =
  /^(ValidatingAdmissionPolicy|policy) ['"]([a-z0-9.-]+)['"](?: with binding '[a-z0-9.-]+')? denied request: /;
const WEBHOOK = /^admission webhook "([^"\s]+)" denied the request/;
const SUBJECT = /^[a-z0-9./-]+(?: "[^"\s]*")?$/;
const FORBIDDEN = ' is forbidden: ';

/**
 * Recognises the cause by the beginning of the text that the API server writes. The HTTP status does not identify it:
 * the author of a policy chooses 403, 413 or 422, and a webhook chooses any status from 400.
 * https://github.com/kubernetes/apiserver/blob/v0.34.2/pkg/admission/plugin/policy/validating/dispatcher.go
 * https://github.com/kubernetes/apiserver/blob/v0.34.2/pkg/admission/plugin/webhook/errors/statuserror.go
 */
export function parseForbidden(message: string): Forbidden {
  const reason = withoutSubject(message);
  const [, kind, policy] = POLICY.exec(reason) ?? [];
  if (policy !== undefined)
    return {
      kind: 'denied',
      denial: { by: kind === 'policy' ? 'MutatingAdmissionPolicy' : 'ValidatingAdmissionPolicy', name: policy },
    };
  const [, webhook] = WEBHOOK.exec(reason) ?? [];
  if (webhook !== undefined) return { kind: 'denied', denial: { by: 'webhook', name: webhook } };
  if (reason === message) return { kind: 'unknown' };
  return { kind: reason.startsWith('User "') ? 'permission' : 'plugin' };
}

/** Returns the text after `pods "web-1" is forbidden: `. */
function withoutSubject(message: string): string {
  const at = message.indexOf(FORBIDDEN);
  return at >= 0 && SUBJECT.test(message.slice(0, at)) ? message.slice(at + FORBIDDEN.length) : message;
}

const isPolicy = ({ by }: AdmissionDenial): boolean => by !== 'webhook';

/** Returns the remedy for a denial, with the command that shows the policy or the webhook. */
export const remedyFor = (denial: AdmissionDenial): string =>
  isPolicy(denial)
    ? `Exempt the ServiceAccount of this step in the policy, or change the policy: kubectl get ${denial.by.toLowerCase()} ${denial.name} -o yaml`
    : `Ask the owner of the webhook ${denial.name}: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations`;
