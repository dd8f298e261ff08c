// What Garrison's own service tells of hosts.

export interface HostTag {
  Key: string;
  Value: string;
}

export interface Host {
  Name: string;
  Arn: string;
  HostId?: string;
  ProfileArn?: string;
  RoleArn?: string;
  Status: string;
  InvitedAt?: number;
  EnrolledAt?: number;
  CertificateExpiresAt?: number;
  Tags?: HostTag[];
  LastReport?: { Sequence?: number; TakenAt?: string; ReceivedAt?: number; Reporter?: string };
}

export interface HostSummary {
  HostName?: string;
  Platform?: string;
  PlatformVersion?: string;
  Kernel?: string;
  Packages?: number;
  Listeners?: number;
  Checks?: Record<string, number>;
  Unread?: { Path: string; Reason: string }[];
  UnreadCount?: number;
}

export interface ListedHosts {
  Hosts: Host[];
  NextToken?: string;
}

export interface DescribedHost {
  Host: Host;
  Summary?: HostSummary;
}

export interface Invited {
  Token: string;
  ExpiresAt: number;
  Host?: Host;
}

export interface InvitationInput {
  Name: string;
  ProfileArn: string;
  RoleArn: string;
  Count?: number;
  SourceAddresses?: string[];
}
