// Who is signed in, and with what.
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** When they end, in milliseconds since 1970. */
  expiresAt: number;
}

export interface Identity {
  arn: string;
  account: string;
  userId: string;
  kind: "Root" | "IAMUser" | "AssumedRole" | "FederatedUser";
  name: string;
}

/** A role that a person switched to. */
export interface Role {
  arn: string;
  /** What the person calls it. */
  label: string;
}

/** What a sign-in form sends: one of the kinds that `docs/people.md` lists. */
export interface SignInForm {
  account?: string;
  user?: string;
  password?: string;
  mfaCode?: string;
  changeToken?: string;
  newPassword?: string;
  signinToken?: string;
}

export type Answer =
  | { kind: "signedIn"; credentials: Credentials; identity: Identity }
  | { kind: "mustChange"; message: string; changeToken: string }
  | { kind: "refused"; message: string };
