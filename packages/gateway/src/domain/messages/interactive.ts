import { chooseBy } from '../fields/choose.ts'
import { carouselKind } from './carousel.ts'
import { catalogKind, productKind, productListKind } from './commerce.ts'
import { orderDetailsKind, orderStatusKind } from './payments.ts'
import { buttonKind, listKind, urlKind } from './reply-buttons.ts'
import {
  addressKind,
  callPermissionKind,
  contactRequestKind,
  flowKind,
  locationRequestKind,
  voiceCallKind,
} from './requests.ts'

/** The four kinds of the API page, then Meta's others. */
export const interactive = chooseBy('type', {
  cta_url: urlKind,
  list: listKind,
  carousel: carouselKind,
  button: buttonKind,
  location_request_message: locationRequestKind,
  flow: flowKind,
  product: productKind,
  product_list: productListKind,
  catalog_message: catalogKind,
  address_message: addressKind,
  call_permission_request: callPermissionKind,
  voice_call: voiceCallKind,
  request_contact_info: contactRequestKind,
  order_details: orderDetailsKind,
  order_status: orderStatusKind,
})
