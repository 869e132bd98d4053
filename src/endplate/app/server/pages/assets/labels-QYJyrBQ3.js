import{u as r,j as s,S as t}from"./index-ByeAYLJN.js";function a(){const{t:e}=r();return s.jsx(t,{title:e("step.labels"),children:s.jsx("p",{children:e("loading")})})}export{a as default};
