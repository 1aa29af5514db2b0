/** What a boundary denies whatever is granted: changes to identities, to the organization, to the account. */
const VERBS: Readonly<Record<string, string>> = {
  iam: 'Accept Add Associate Attach Change Create Deactivate Delete Detach Disable Enable Put Reject Remove Reset Resync Send Set Tag Untag Update Upload',
  organizations:
    'Accept Attach Cancel Close Create Decline Delete Deregister Detach Disable Enable Invite Leave Move Put Register Remove Tag Terminate Untag Update',
  account: 'Accept Close Delete Disable Enable Put Start',
};

export const ADMINISTRATION: string[] = Object.entries(VERBS).flatMap(([service, verbs]) =>
  verbs.split(' ').map((verb) => `${service}:${verb}*`),
);
