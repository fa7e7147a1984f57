import { Button, Fieldset, Select, Stack, Text, TextInput } from '@mantine/core'
import { LIMITS } from '../../../gateway/src/domain/messages/limits.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { ButtonsPart } from './sketch-buttons.tsx'
import { TextPart, type Wrong } from './sketch-text.tsx'
import { cardLike, emptyButton, partsOfCard, type ButtonType, type CardFormat, type SketchCard } from './sketch.ts'

const word = (text: string): string => text
const FORMATS: { value: CardFormat; label: string }[] = [
  { value: 'IMAGE', label: word('IMAGE') },
  { value: 'VIDEO', label: word('VIDEO') },
  { value: 'PRODUCT', label: word('PRODUCT') },
]
const MOST_BUTTONS = 2
const TYPES: ButtonType[] = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'SPM']

/**
 * WhatsApp requires the same shape for all cards. The first card decides the parts; the others only have their own
 * text.
 */
export function CardsPart(props: {
  cards: SketchCard[]
  /** Path of the CAROUSEL component. */
  at: string
  wrong: Wrong
  change: (cards: SketchCard[]) => void
}) {
  const { t } = useWords()
  const { cards, wrong, change } = props

  function set(i: number, part: Partial<SketchCard>): void {
    const next = cards.map((one, j) => (j === i ? { ...one, ...part } : one))
    change(i === 0 ? next.map((card, j) => (j === 0 ? card : shapedLike(next[0]!, card))) : next)
  }

  return (
    <Stack gap="xs">
      {cards.map((card, i) => {
        const at = `${props.at}.cards.${i}.components`
        const place = (type: string): string => `${at}.${partsOfCard(card).indexOf(type)}`
        return (
          <Fieldset key={i} legend={`${t('Card')} ${i + 1}`} p="sm">
            <Stack gap="xs">
              {i === 0 && (
                <Select
                  label={t('Header of every card')}
                  data={FORMATS.map(({ value, label }) => ({ value, label: t(label) }))}
                  value={card.header.format}
                  onChange={(format) => format && set(0, { header: { ...card.header, format: format as CardFormat } })}
                  allowDeselect={false}
                />
              )}
              {card.header.format !== 'PRODUCT' && (
                <TextInput
                  label={t('Example: link, media id or handle')}
                  value={card.header.example}
                  error={wrong(`${place('HEADER')}.example`)}
                  onChange={(e) => set(i, { header: { ...card.header, example: e.currentTarget.value } })}
                />
              )}
              <TextPart
                text={card}
                at={place('BODY')}
                limit={LIMITS.cardBody}
                wrong={wrong}
                change={(text) => set(i, text)}
              />
              <ButtonsPart
                buttons={card.buttons}
                at={place('BUTTONS')}
                most={MOST_BUTTONS}
                types={TYPES}
                isBound={i > 0}
                wrong={wrong}
                change={(buttons) => set(i, { buttons })}
              />
              {wrong(at, true) && (
                <Text size="sm" c="red">
                  {wrong(at, true)}
                </Text>
              )}
              {cards.length > LIMITS.fewestCards && i > 0 && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  onClick={() => change(cards.filter((_one, j) => j !== i))}
                >
                  {t('Remove the card')}
                </Button>
              )}
            </Stack>
          </Fieldset>
        )
      })}
      {cards.length < LIMITS.mostCards && (
        <Button size="xs" variant="default" onClick={() => change([...cards, cardLike(cards[0])])}>
          {t('Add a card')}
        </Button>
      )}
    </Stack>
  )
}

/** Returns the card with the header and the kinds of buttons of the first card. Texts that still fit are kept. */
function shapedLike(first: SketchCard, card: SketchCard): SketchCard {
  return {
    ...card,
    header: { ...card.header, format: first.header.format },
    buttons: first.buttons.map(({ type }, i) => {
      const own = card.buttons[i]
      return own?.type === type ? own : { ...emptyButton(type), text: own?.text ?? '' }
    }),
  }
}
