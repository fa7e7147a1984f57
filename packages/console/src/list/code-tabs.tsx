import { Tabs } from '@mantine/core'
import { CodeText } from '../json.tsx'
import { CODE_LANGUAGES, type CodeLanguage, requestCode, type CodeRequest } from './request-code.ts'
import { useKept } from './use-kept.ts'

/** A request as code, in the language that this browser used last. */
export function CodeTabs({ request }: { request: CodeRequest }) {
  const [language, setLanguage] = useKept<CodeLanguage>(
    'postern.console.code',
    (stored) => CODE_LANGUAGES.find((one) => one === stored) ?? 'curl',
  )
  return (
    <Tabs value={language} onChange={(next) => next && setLanguage(next as CodeLanguage)} keepMounted={false}>
      <Tabs.List>
        {CODE_LANGUAGES.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {one}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {CODE_LANGUAGES.map((one) => (
        <Tabs.Panel key={one} value={one} pt="xs">
          <CodeText text={requestCode(one, request)} label={one} />
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
