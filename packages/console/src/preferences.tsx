import { Button, Group, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useWords } from '../../ui/src/i18n.tsx'

/** Buttons for light or dark colours, and for the language. */
export function Preferences() {
  const { t, language, setLanguage } = useWords()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  return (
    <Group gap={4}>
      <Button
        variant="subtle"
        size="compact-sm"
        color="gray"
        onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
      >
        {scheme === 'dark' ? t('Light') : t('Dark')}
      </Button>
      <Button
        variant="subtle"
        size="compact-sm"
        color="gray"
        lang={language === 'en' ? 'zh-CN' : 'en'}
        onClick={() => setLanguage(language === 'en' ? 'zh' : 'en')}
      >
        {language === 'en' ? '中文' : 'English'}
      </Button>
    </Group>
  )
}
