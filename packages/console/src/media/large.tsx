import { Modal } from '@mantine/core'
import { useWords } from '../../../ui/src/i18n.tsx'

/** Shows a picture as large as the browser window. */
export function Large(props: { source: string; name: string | undefined; label: string; onClose: () => void }) {
  const { t } = useWords()
  return (
    <Modal
      opened
      onClose={props.onClose}
      size="auto"
      centered
      title={props.label}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <img className="media-large" src={props.source} alt={props.label} />
      <p>
        <a className="media-save" href={props.source} download={props.name ?? ''}>
          {t('Download')}
        </a>
      </p>
    </Modal>
  )
}
