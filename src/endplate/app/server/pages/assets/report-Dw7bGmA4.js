import{u as t,j as r,S as s}from"./index-ByeAYLJN.js";function o(){const{t:e}=t();return r.jsx(s,{title:e("step.report"),children:r.jsx("p",{children:e("loading")})})}export{o as default};
