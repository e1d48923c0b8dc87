// What every page loads: the styles, then the small behaviours; maps and passkeys come only where a page has them.
import '../css/tokens.css'
import '../css/components.css'
import '../css/shell.css'
import { prepareForms, startForms } from '../form/form'
import { startMenus } from './menus'
import { startPrint } from './print'
import { startRules } from './rules'
import { prepareRows, startRows } from './rows'
import { startHtmx } from './safe-htmx'
import { startTables } from './tables'
import { startTheme } from './theme'
import { startToasts } from './toasts'

function onDemand(root: ParentNode): void {
  if (root.querySelector('[data-map]')) void import('../map/map').then((it) => it.startMaps(root))
  if (root.querySelector('form[data-passkey]')) void import('../passkey/passkey').then((it) => it.startPasskeys(root))
  if (root.querySelector('form[data-editor]')) void import('../form/editor').then((it) => it.startEditor(root))
}

startTheme()
startMenus()
startRules()
startTables()
startForms()
startToasts()
startPrint()
startRows()
startHtmx((root) => {
  startToasts(root)
  startPrint(root)
  prepareRows(root)
  prepareForms(root)
  onDemand(root)
})
onDemand(document)
document.documentElement.dataset.ready = 'yes'
