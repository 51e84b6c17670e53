import type { Ledger, Mark } from './ledger.js';
import type { Request } from './request.js';

/** How a cascade line is followed back to the request that caused it. */
export interface CascadeRule {
  id: string;
  why: string;
  /** The mark of the cause, or null when the rule says nothing about the request. */
  find(request: Request, ledger: Ledger): Mark | null;
}

/** What the names of the control plane's service accounts begin with. */
export const ACCOUNT = 'system:serviceaccount:kube-system:';

/** Whether a controller sent a request. */
export const by = ({ user }: Request, controller: string): boolean => user === ACCOUNT + controller;

/** Whether a kubelet sent a request. */
export const isKubelet = ({ user }: Request): boolean => user.startsWith('system:node:');
