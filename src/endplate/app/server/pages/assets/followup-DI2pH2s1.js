import{u as r,j as o,S as s}from"./index-ByeAYLJN.js";function n(){const{t:e}=r();return o.jsx(s,{title:e("step.followup"),children:o.jsx("p",{children:e("loading")})})}export{n as default};
