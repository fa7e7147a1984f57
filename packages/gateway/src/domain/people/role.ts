/** What a person may do, from most to least. */
export const ROLES = ['admin', 'operator', 'agent', 'viewer'] as const
export type Role = (typeof ROLES)[number]

/** What a route needs. Each admin route declares the least of them. */
export const RIGHTS = ['read', 'converse', 'operate', 'administer'] as const
export type Right = (typeof RIGHTS)[number]

/** The role that a right needs at least. */
export const LEAST_ROLE: Readonly<Record<Right, Role>> = {
  read: 'viewer',
  converse: 'agent',
  operate: 'operator',
  administer: 'admin',
}

export const roleHas = (role: Role, right: Right): boolean => ROLES.indexOf(role) <= ROLES.indexOf(LEAST_ROLE[right])
