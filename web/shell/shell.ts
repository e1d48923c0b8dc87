// What every page loads: the styles, then the small behaviours; maps and passkeys come only where a page has them.
import '../css/tokens.css'
import '../css/components.css'
import '../css/shell.css'
