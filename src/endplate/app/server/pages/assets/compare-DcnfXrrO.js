import{u as s,j as r,S as t}from"./index-ByeAYLJN.js";function o(){const{t:e}=s();return r.jsx(t,{title:e("step.compare"),children:r.jsx("p",{children:e("loading")})})}export{o as default};
