import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { api, onSignedOut, type Session, withoutUser } from './api.ts'
import { NotConnected } from '../../ui/src/not-connected.tsx'
import { useConnection } from '../../ui/src/connection.ts'
import { Shell } from './shell.tsx'
import { SignIn } from './sign-in.tsx'
import { Failed, Waiting } from './states.tsx'
import { Invitation } from './people/invitation.tsx'

export function App() {
  const queries = useQueryClient()
  const session = useQuery({ queryKey: ['session'], queryFn: () => api<Session>('GET', '/console/session') })

  useConnection()
  useEffect(() => {
    onSignedOut(() => queries.setQueryData<Session>(['session'], withoutUser))
  }, [queries])

  const [location, go] = useLocation()
  const invitation = /^\/invitation\/([\w-]{1,100})$/.exec(location)?.[1]
  if (invitation !== undefined)
    return (
      <Invitation
        token={invitation}
        onDone={(next) => {
          queries.clear()
          queries.setQueryData(['session'], next)
          go('/', { replace: true })
        }}
      />
    )
  // Where the return from the provider leads when nobody was signed in.
  const refusal = /^\/sign-in\/(\w{1,40})$/.exec(location)?.[1]
  if (session.isPending) return <Waiting />
  if (session.isLoadingError) return <Failed error={session.error} retry={() => void session.refetch()} />
  if (!session.data.signed_in)
    return (
      <>
        <NotConnected />
        <SignIn
          provider={session.data.oidc}
          refusal={refusal}
          onDone={(next) => {
            queries.setQueryData(['session'], next)
            if (refusal !== undefined) go('/', { replace: true })
          }}
        />
      </>
    )
  return (
    <Shell
      session={session.data}
      onSignOut={() => {
        void api('DELETE', '/console/session').finally(() => {
          queries.setQueryData<Session>(['session'], withoutUser)
          // The next user who signs in must not see this user's data.
          queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
        })
      }}
    />
  )
}
