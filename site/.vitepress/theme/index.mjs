// The default theme of VitePress with the styles of this project.
import DefaultTheme from 'vitepress/theme';
import './style.css';

export default DefaultTheme;
