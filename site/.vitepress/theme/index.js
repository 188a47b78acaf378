/** The theme of VitePress with room for lines of code. */
import theme from 'vitepress/theme';
import './style.css';

export default theme;
