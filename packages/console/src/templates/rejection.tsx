import { useWords } from '../../../ui/src/i18n.tsx'

const word = (text: string): string => text

/** Meta's reasons: what each means, and what to do. */
const REASONS: Record<string, { what: string; advice: string }> = {
  ABUSIVE_CONTENT: {
    what: word('WhatsApp found content that its policy does not allow.'),
    advice: word('Take out threats, insults and goods that may not be sold there. Then save it again.'),
  },
  INCORRECT_CATEGORY: {
    what: word('The category does not fit the text.'),
    advice: word('Duplicate it with the category Marketing, or take out everything that advertises.'),
  },
  PROMOTIONAL: {
    what: word('The text advertises, and its category does not allow that.'),
    advice: word('Duplicate it with the category Marketing, or take out everything that advertises.'),
  },
  INVALID_FORMAT: {
    what: word('The form of the text is wrong.'),
    advice: word(
      'Look for variables at the start, at the end or side by side, and for variables without a good example.',
    ),
  },
  SCAM: {
    what: word('WhatsApp takes the text for a fraud.'),
    advice: word('Name your business, link only to your own domain, and ask for no passwords or card numbers.'),
  },
  TAG_CONTENT_MISMATCH: {
    what: word('The language or the category does not fit the text.'),
    advice: word('Check that the text is in the chosen language, and that the category says what it is for.'),
  },
  CATEGORY_NOT_AVAILABLE: {
    what: word('This account may not use the category.'),
    advice: word('Duplicate it with another category.'),
  },
}
const OTHER = {
  what: word('WhatsApp gave a reason that Postern does not know.'),
  advice: word('WhatsApp Manager shows more, and takes an appeal.'),
}

/** The reason of a rejection in words, with our advice, and as WhatsApp writes it. */
export function Rejection({ reason }: { reason: string }) {
  const { t } = useWords()
  const { what, advice } = (Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined) ?? OTHER
  return (
    <div className="template-rejection">
      <strong>{t(what)}</strong>
      <p>{t(advice)}</p>
      <code>{reason}</code>
    </div>
  )
}
