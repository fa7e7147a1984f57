import { Anchor, Button, Group } from '@mantine/core'
import { Link, useLocation, useSearchParams } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { auto } from '../../../ui/src/direction.tsx'
import type { Channel } from '../api.ts'
import { PageHead } from '../page-head.tsx'
import { Failed, Waiting } from '../states.tsx'
import { CheckStep } from './check-step.tsx'
import { ConfirmChange } from './confirm-change.tsx'
import { useReport } from './queries.ts'
import { StartStep } from './start-step.tsx'
import { stepOf, Steps } from './steps.tsx'
import type { BroadcastDetail } from './types.ts'

/** The steps of a draft: what its check says, a test, the start. */
export function DraftPage({ channel, draft }: { channel: Channel; draft: BroadcastDetail }) {
  const { t } = useWords()
  const [params] = useSearchParams()
  const [, navigate] = useLocation()
  const report = useReport(channel.channel_id, draft)
  const here = `/broadcasts/${channel.channel_id}/${draft.id}`
  const mayStart = report.data?.ok === true
  const at = stepOf(params.get('step') ?? 'check', mayStart ? ['check', 'start'] : ['check'])
  return (
    <>
      <Anchor component={Link} href={`/broadcasts/${channel.channel_id}`} size="sm">
        ← {t('Broadcasts')}
      </Anchor>
      <PageHead title={draft.name ?? t('New broadcast')}>
        <ConfirmChange
          channel={channel}
          broadcast={draft}
          verb="cancel"
          label={t('Discard the draft')}
          question={t('Discard {name}? Nothing was sent, and nothing will be.', { name: auto(draft.name ?? draft.id) })}
        />
      </PageHead>
      <Steps at={at} hrefOf={(step) => (step === 'check' ? `${here}?step=check` : backTo(channel, draft, step))}>
        {report.isPending ? (
          <>
            <p role="status">
              {t('Every row is checked against number, template, opt-outs and quiet hours. Nothing is sent.')}
            </p>
            <Waiting />
          </>
        ) : report.isError && !report.data ? (
          <>
            <Failed error={report.error} retry={() => void report.refetch()} />
            <Group>
              <Back channel={channel} draft={draft} />
            </Group>
          </>
        ) : at === 'check' ? (
          <CheckStep
            channel={channel}
            draft={draft}
            report={report.data!}
            correct={backTo(channel, draft, 'file')}
            onNext={() => navigate(`${here}?step=start`)}
          />
        ) : (
          <StartStep channel={channel} draft={draft} report={report.data!} />
        )}
      </Steps>
    </>
  )
}

function Back({ channel, draft }: { channel: Channel; draft: BroadcastDetail }) {
  const { t } = useWords()
  const href = backTo(channel, draft, 'columns')
  return href === undefined ? null : (
    <Button component={Link} href={href} variant="default">
      {t('Back to the columns')}
    </Button>
  )
}

/** The earlier steps with what the draft has. They make another draft in the place of this one. */
function backTo(channel: Channel, draft: BroadcastDetail, step: string): string | undefined {
  // The people of a retry do not come from a file.
  if (draft.file_id === null) return undefined
  const { template } = draft.message
  const next = new URLSearchParams({
    ...{ channel: String(channel.channel_id), step, file: draft.file_id, from: draft.id },
    ...(draft.name !== null && { name: draft.name }),
    ...(draft.map !== null && { map: JSON.stringify(draft.map) }),
    ...(typeof template?.name === 'string' &&
      typeof template.language === 'string' && { template: `${template.name} · ${template.language}` }),
  })
  return `/broadcasts/new?${next}`
}
