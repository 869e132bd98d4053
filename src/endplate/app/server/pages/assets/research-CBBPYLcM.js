import{u as s,j as r,S as t}from"./index-ByeAYLJN.js";function a(){const{t:e}=s();return r.jsx(t,{title:e("step.research"),children:r.jsx("p",{children:e("loading")})})}export{a as default};
