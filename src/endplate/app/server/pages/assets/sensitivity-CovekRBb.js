import{u as s,j as t,S as i}from"./index-ByeAYLJN.js";function r(){const{t:e}=s();return t.jsx(i,{title:e("step.sensitivity"),children:t.jsx("p",{children:e("loading")})})}export{r as default};
