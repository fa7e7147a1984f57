import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const FOLDER = new URL('./migrations/', import.meta.url)

/**
 * The SHA-256 of every migration. Users' databases have run these files, so a listed file is never edited: a change is
 * a new file with a higher number, and a new row here.
 */
const HASHES: Record<string, string> = {
  '0001_first.postgres.sql': '67b7625515d553b253aa419dda0c102b9965f34ab40d326b2034877cded1d446',
  '0001_first.sqlite.sql': 'b0a133924687970da4366e4b6d6ca8af4fb625a6498065e39d5b8c067a7d2deb',
  '0002_templates_and_media.postgres.sql': '895cd21b1a8b4a6833dc3fe189740a586044ee118776fb54259d26f80785d51c',
  '0002_templates_and_media.sqlite.sql': 'cf8197fd3f51a96455ab0920c738929081012efe0db186187b550aa2fdb9bae7',
  '0003_commit.postgres.sql': '4a15ff96f46f67829dd54621a216dd83a7dba1018d22e52b419122f9686b71f4',
  '0010_operations.postgres.sql': 'f956fbe4cb111c7388408d54b6b0f803b11f4659a47698dc9257f72388bc496a',
  '0010_operations.sqlite.sql': 'dd00db3bf2712e6639e7f9e3e0d4bc5599cdbf6d5c41605f92a031977993d18a',
  '0011_broadcast_places.postgres.sql': '2d4bc8ad91c6d79d500aa8a7e78bb79210c30cd04dd5ec305722417f0fdd8b34',
  '0011_broadcast_places.sqlite.sql': '402dd869ade004fb0ef0a55fe10c15851d3f56abb75cd4abb202a165e3d68f88',
  '0020_endpoint_health.postgres.sql': '743479fd652ba49479e7e252f237e640a71b66a88e51923f1a3a54186f788d64',
  '0020_endpoint_health.sqlite.sql': 'b9bd4d31f12d1f70f13ed36dcbea12dd2f55f31783ddbf15d1c787a4bc6c7786',
  '0021_console_sessions.postgres.sql': '299bdd7460f083acda048b73b59ae1ae7de14cfad3e9f40c9100e70d5636ab37',
  '0021_console_sessions.sqlite.sql': '7d84f5addbd452894d0b83d94b751cf6af16560c51623e70ff3b3f8089ec83df',
  '0022_prices.postgres.sql': 'c16324991a8dc054361cdb6b2df9d740659d00f65b6d35fd4b3a1d2a1cfb32d1',
  '0022_prices.sqlite.sql': 'c16324991a8dc054361cdb6b2df9d740659d00f65b6d35fd4b3a1d2a1cfb32d1',
  '0100_cursors.postgres.sql': 'b48a799ad0429a3d820e9aadc00348b59a50473051cdb0192e1a5dff6c03ed1d',
  '0100_cursors.sqlite.sql': '8ec61455352422caeb51b8b69b4e7c24463ee0b5f767aa2f4b26f3fe2dbd3547',
  '0110_reads.postgres.sql': '75a4405e59808d9ac427d858532a47e295746288634ddb3246a7b828191b5ad9',
  '0110_reads.sqlite.sql': '75a4405e59808d9ac427d858532a47e295746288634ddb3246a7b828191b5ad9',
  '0120_own_schema.postgres.sql': '75a150dec9a19599cf4dff005586fe24b8036d6cdaef1d30cc88cb2b191df2ad',
  '0121_names_of_contacts.postgres.sql': '1c476c1b6ba37f0aaf5f8dcf67041aa4a2b58c9334267d713e5d973485923dbb',
  '0130_inbound.postgres.sql': 'e64b794531cffe3e88f048518e1672979ba75b2f98bdf64aeec4c4c33095b0d3',
  '0130_inbound.sqlite.sql': 'e64b794531cffe3e88f048518e1672979ba75b2f98bdf64aeec4c4c33095b0d3',
  '0150_events_bound.postgres.sql': 'd22c3b787c85ade0a2e4c78952eeaa3838d03c1a720b6ac9108dc3e0f1a88f28',
  '0151_events_bound_proved.postgres.sql': '2d680734dcc27a56bc0a324573e52bd2d992a5ba00832aae71f9f482938e1488',
  '0152_events_by_month.postgres.sql': '260903935db4f40bb28d30d0c10c25ab45b972512450fd33e59d05e6f2806b6e',
  '0200_endpoints.postgres.sql': '9159d5fc7853fc9fcd2892539c269d86bce625c7c9b04419232e8587d8af87fa',
  '0200_endpoints.sqlite.sql': '924d10ab68046c81750169b888b3619e4b54fd99bafd682a7f3ff15f4e391e85',
  '0201_slots.postgres.sql': '296def7994e3ae1783d8906851338f2ce7aa61b5b27e2590c2c1c9fa5b828c90',
  '0202_audience.postgres.sql': 'ab6f5af4d319e91a6156e1fb682fb51492142a6ffe8d181af1aa7f049a9d361e',
  '0209_endpoint_activity.postgres.sql': '76064b435cd554ec4a8262eeadb5720ffd28173d0df2d0c342baf66bed2bc110',
  '0209_endpoint_activity.sqlite.sql': '8c5829a3b44af0ad4126c8c0ced964ddad36f893a1700893469ebf74bedee6db',
  '0220_channel_state.postgres.sql': 'f4bcc5f0de3cdc38221fd492e0d0d696bd51bd1c5429e22c0aa4752c30924207',
  '0220_channel_state.sqlite.sql': '4318304c59ced405bff3fe422522c58ae7bbb4aa87199412787325204bf1c167',
  '0210_contact_state.postgres.sql': '89a3ddb1d887f495274432e9e11de5e16352a0afa561e36a196f1e84817b17d6',
  '0210_contact_state.sqlite.sql': '89a3ddb1d887f495274432e9e11de5e16352a0afa561e36a196f1e84817b17d6',
  '0230_costs.postgres.sql': 'c76f27eb939d74a29d61dac4774bfe03262e10638cff7775b0766c9392bfd6e4',
  '0230_costs.sqlite.sql': 'b529058ea6f1d566f9a6ce191a0e056fab73816a181c9daafba90ecfe07911ca',
  '0231_marketing.postgres.sql': 'a546f62b2b8cc447d4b8bed42c7a115fb8738aadc074e2fd70fe765c9502970d',
  '0231_marketing.sqlite.sql': '7df6fa3e0ae892013ab140067d395099e9d78e5a5ddb3c403ac6b7bd20dfc584',
  '0270_quiet_hours.postgres.sql': '5299007bce3f07d8bbb3173df0815ef0b5d5b143ee414a11d244804a5b075ff9',
  '0270_quiet_hours.sqlite.sql': '5299007bce3f07d8bbb3173df0815ef0b5d5b143ee414a11d244804a5b075ff9',
  '0272_contacts_marketing.postgres.sql': 'fa800a65bb572ebe9a13109eb0c27b221c2c546f9bdc28df8d7168a0bc519cf7',
  '0272_contacts_marketing.sqlite.sql': 'fa800a65bb572ebe9a13109eb0c27b221c2c546f9bdc28df8d7168a0bc519cf7',
  '0221_origins.postgres.sql': '62295adedf25fe6ba5c219a6a6ea95584c40bf130232c9998c3b9fda39f56f8b',
  '0221_origins.sqlite.sql': '62295adedf25fe6ba5c219a6a6ea95584c40bf130232c9998c3b9fda39f56f8b',
  '0211_standby.postgres.sql': '7cbb9027d13460cd488be31cbb5fe71db9d03d546f0256865c18e5993324e246',
  '0211_standby.sqlite.sql': '2e093c6ad6f088ac9d3c24d9e87ea900502cbe90aa986585319c5f3a910358d7',
  '0250_scheduled_sends.postgres.sql': '27de99fe5cc2451f6cc95b0f1e9ca0b36fcddf61b58aef93f8250b5decaa5cda',
  '0290_compatibility.postgres.sql': '9ef57f7edb7e53cd084fe79f9b64189b885e1a19bc6b6127875b82891e61b9f7',
  '0290_compatibility.sqlite.sql': '9ef57f7edb7e53cd084fe79f9b64189b885e1a19bc6b6127875b82891e61b9f7',
  '0250_scheduled_sends.sqlite.sql': '9e3900367dd13b2f3ac0f70849db403ad443d878540b3a472f69fdf299f5b29f',
  '0260_broadcast_files.postgres.sql': 'b743bbc44bba0d639be8ce3866186531ad86e9075fe100cda682d7b5b64b2a53',
  '0260_broadcast_files.sqlite.sql': 'c4111f46a587c89f06b68313d88968a31a1b3724392a6c134363ab33b5df2281',
  '0265_broadcast_progress.postgres.sql': '25f57e3264a923ea1d276cbee851a37ce6116d045853870e317c435c18e39e3b',
  '0265_broadcast_progress.sqlite.sql': '9819574b650798981089e7bdfb4825d8893441429b0e494c261fdbb13ac8e07e',
  '0280_incidents.postgres.sql': 'a528a081bc82401b3881a0e0719b412123b0d6115af77dba0ea96e36e01a2848',
  '0280_incidents.sqlite.sql': '32656275e4986f58ac3fa67b6c0e919ee0c65be0ea7eeac281ba619b5f87b8c8',
  '0271_stop_words.postgres.sql': '8ee1fe9b9a798b51ddc45b55353f6dc5a10eda7e578c3c68ed16cb2c63adf322',
  '0271_stop_words.sqlite.sql': '8ee1fe9b9a798b51ddc45b55353f6dc5a10eda7e578c3c68ed16cb2c63adf322',
  '0261_broadcast_start.postgres.sql': '365e569dd25bfc54f3f4d3a970d571828bd23d5703d1ad1a4741c790599f7f6e',
  '0261_broadcast_start.sqlite.sql': '365e569dd25bfc54f3f4d3a970d571828bd23d5703d1ad1a4741c790599f7f6e',
  '0266_broadcast_sweeps.postgres.sql': '4d54c6dc6d370aaeec4df6aed14fb7562b641e7ab6499806b5e6c33042744bcf',
  '0266_broadcast_sweeps.sqlite.sql': '4d54c6dc6d370aaeec4df6aed14fb7562b641e7ab6499806b5e6c33042744bcf',
  '0281_alarms.postgres.sql': 'a05e6c9275977adabb673b5414f485267bc2e0d212d7c8a239f2a91080ea2693',
  '0281_alarms.sqlite.sql': '62a980b25f110ff7a9330cf6b4305112e03e154bfdb45d017251e7735c756c5c',
  '0300_users.postgres.sql': 'e4090b3bb9568771448770966834d4cc2e81cc103d6e20de9db37b1855de447d',
  '0300_users.sqlite.sql': 'f902c379269f018f3a4226a6ad68829f2e40243bb6c0a7e08ec5da52f87d4a03',
  '0301_api_keys.postgres.sql': '3d7f17923aef4d9fc247f7ce48e60db564159120efb815e9ea27b02674e14060',
  '0301_api_keys.sqlite.sql': '8983ca50d49dddf193714ffb2764629b8b19a06a36d33a99bcfe389423b40722',
  '0302_audit_log.postgres.sql': 'd6ea29d1ede8af8e706a4ff767919b66369e146825965a1cf0db61f520b3b0b8',
  '0302_audit_log.sqlite.sql': '72552a28c320651b74ddd75dae8d017347f0a17e157e0d3dc40476946f060653',
  '0310_inbox.postgres.sql': 'eddb74d18d89a38c39ccd875f7dad12248d0edcec528aac778fbf103497bc334',
  '0310_inbox.sqlite.sql': '822edd1c6a98c696a1e23cf452e2c6d0bd2d42748bba9991822d285b89031eb0',
  '0320_oidc.sqlite.sql': 'f32648b6743dc8adaf274d7fa196b40a8b36c92faca3aa80334e3d0cd40a976d',
  '0320_oidc.postgres.sql': 'f32648b6743dc8adaf274d7fa196b40a8b36c92faca3aa80334e3d0cd40a976d',
}

const hashOf = (file: string): string =>
  createHash('sha256')
    .update(readFileSync(new URL(file, FOLDER)))
    .digest('hex')

test('existing migrations are never edited, and a new one adds its row', () => {
  const files = readdirSync(FOLDER).toSorted()
  assert.deepEqual(Object.fromEntries(files.map((file) => [file, hashOf(file)])), HASHES)
})
