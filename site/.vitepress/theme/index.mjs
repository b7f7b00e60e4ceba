// The theme of VitePress, with the colours of this project.
import DefaultTheme from 'vitepress/theme';
import './style.css';

export default DefaultTheme;
